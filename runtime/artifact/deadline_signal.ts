import { AirlockError, type Stage } from "../../spec/errors.ts";

/** A signal that aborts with its parent, or when its time is over. */
export interface DeadlineSignal extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Starts a deadline. `stage` is asked when it passes, to say where the time went.
 *
 * The signal's reason is then an {@linkcode AirlockError} `deadline_exceeded`.
 */
export function startDeadline(
  timeoutMs: number,
  { parent, stage }: { readonly parent: AbortSignal; readonly stage: () => Stage },
): DeadlineSignal {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(passed(timeoutMs, stage())), timeoutMs);
  return {
    signal: AbortSignal.any([parent, controller.signal]),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

/** `work`, or the signal's reason, whichever comes first. `work` goes on by itself. */
export async function raceSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function passed(timeoutMs: number, stage: Stage): AirlockError {
  return new AirlockError("deadline_exceeded", `Preparing the package: ${stage} took too long`, {
    stage,
    suggestion: "Send the request again, or have the build deadline raised",
    details: { timeoutMs },
  });
}
