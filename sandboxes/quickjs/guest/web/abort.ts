// style-ok jsdoc: each export is the interface of the DOM Standard that its name says.
import { GuestEvent, GuestEventTarget } from "./events.ts";

/** Only this module makes signals. */
const KEY = Symbol("signal");

export class GuestAbortSignal extends GuestEventTarget {
  #aborted = false;
  #reason: unknown = undefined;
  onabort: ((event: GuestEvent) => void) | null = null;

  constructor(key: symbol) {
    super();
    if (key !== KEY) throw new TypeError("Illegal constructor");
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason;
  }

  static abort(reason?: unknown): GuestAbortSignal {
    const controller = new GuestAbortController();
    controller.abort(reason);
    return controller.signal;
  }

  static timeout(delayMs: number): GuestAbortSignal {
    if (!Number.isFinite(Number(delayMs)) || delayMs < 0) {
      throw new TypeError("AbortSignal.timeout: the delay is not a number of milliseconds");
    }
    const controller = new GuestAbortController();
    const expire = () => controller.abort(new DOMException("Signal timed out.", "TimeoutError"));
    setTimeout(expire, delayMs);
    return controller.signal;
  }

  static any(signals: Iterable<GuestAbortSignal>): GuestAbortSignal {
    const controller = new GuestAbortController();
    for (const signal of signals) {
      if (signal.aborted) {
        controller.abort(signal.reason);
        break;
      }
      signal.addEventListener("abort", () => controller.abort(signal.reason), { once: true });
    }
    return controller.signal;
  }

  override get [Symbol.toStringTag](): string {
    return "AbortSignal";
  }

  /** Aborts `signal`, once. */
  static fire(signal: GuestAbortSignal, reason: unknown): void {
    if (signal.#aborted) return;
    signal.#aborted = true;
    signal.#reason = reason === undefined
      ? new DOMException("The signal has been aborted", "AbortError")
      : reason;
    const event = new GuestEvent("abort");
    signal.onabort?.(event);
    signal.dispatchEvent(event);
  }
}

const { fire } = GuestAbortSignal;
// The way to abort a signal is its controller.
Reflect.deleteProperty(GuestAbortSignal, "fire");

export class GuestAbortController {
  readonly signal: GuestAbortSignal = new GuestAbortSignal(KEY);

  abort(reason?: unknown): void {
    fire(this.signal, reason);
  }

  get [Symbol.toStringTag](): string {
    return "AbortController";
  }
}
