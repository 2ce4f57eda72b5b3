import { AirlockError } from "../../spec/errors.ts";
import type { JsonValue } from "../../spec/json.ts";
import type { Invocation, InvocationHost, InvocationReport } from "../../spec/sandbox.ts";
import { deadlineExceeded } from "./call_errors.ts";
import { CallLog } from "./call_log.ts";
import type { EgressFailure } from "../protocol/messages.ts";

/** How long a tool has to react to an abort before its sandbox is killed. */
const ABORT_GRACE_MS = 100;

/** What an {@linkcode ActiveCall} asks of the sandbox it runs in. */
export interface CallOwner {
  /** Ask the tool to stop. */
  requestAbort(): void;
  /** The call has failed and the sandbox must end. */
  endSandbox(reason: "deadline" | "requested", detail: string): void;
}

/** One call in flight in a sandbox: settles exactly once, and owns its timers. */
export class ActiveCall {
  readonly invocation: Invocation;
  readonly host: InvocationHost;
  readonly log: CallLog;
  readonly report: Promise<InvocationReport>;
  /** The last request that was refused: often why the tool then failed. */
  refused: EgressFailure | null = null;
  #chunkBytes = 0;
  #settled = false;
  readonly #settle = Promise.withResolvers<InvocationReport>();
  readonly #owner: CallOwner;
  readonly #deadline: ReturnType<typeof setTimeout>;
  #abortGrace: ReturnType<typeof setTimeout> | undefined;
  readonly #onAbort = () => this.#abort();

  constructor(invocation: Invocation, host: InvocationHost, owner: CallOwner) {
    this.invocation = invocation;
    this.host = host;
    this.log = new CallLog(invocation.limits.logBytes, host);
    this.report = this.#settle.promise;
    this.#owner = owner;
    const { timeoutMs } = invocation.limits;
    this.#deadline = setTimeout(() => {
      this.fail(deadlineExceeded(timeoutMs, "execute"));
      owner.endSandbox("deadline", "a call in it ran out of time");
    }, timeoutMs);
    invocation.signal.addEventListener("abort", this.#onAbort, { once: true });
    if (invocation.signal.aborted) this.#abort();
  }

  succeed(output: JsonValue, toolMs: number): void {
    if (!this.#end()) return;
    this.#settle.resolve({ output, toolMs, droppedLogBytes: this.log.droppedBytes });
  }

  fail(error: AirlockError): void {
    if (this.#end()) this.#settle.reject(error);
  }

  /** Passes on one streamed item. @returns `false` when that is more than the call may put out. */
  chunk(jsonText: string, jsonBytes: number): boolean {
    this.#chunkBytes += jsonBytes;
    if (this.#chunkBytes > this.invocation.limits.outputBytes) return false;
    this.host.onChunk(JSON.parse(jsonText));
    return true;
  }

  #abort(): void {
    this.#owner.requestAbort();
    this.#abortGrace = setTimeout(() => {
      this.fail(abortError(this.invocation.signal.reason));
      this.#owner.endSandbox("requested", "the caller of a call in it gave up");
    }, ABORT_GRACE_MS);
  }

  #end(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    clearTimeout(this.#deadline);
    clearTimeout(this.#abortGrace);
    this.invocation.signal.removeEventListener("abort", this.#onAbort);
    return true;
  }
}

/** Whoever aborts with an error of ours says why; anything else is a caller that went away. */
function abortError(reason: unknown): AirlockError {
  if (reason instanceof AirlockError) return reason;
  return new AirlockError("deadline_exceeded", "Running the tool: the caller gave up", {
    stage: "execute",
    details: { by: "caller" },
  });
}
