import { AirlockError, type Stage } from "../spec/errors.ts";
import type {
  CacheUse,
  ExecutionMeta,
  ExecutionResult,
  Refusal,
  StartKind,
  TimedStep,
} from "../spec/execution.ts";
import type { EgressRecord } from "../spec/egress.ts";
import type { JsonValue } from "../spec/json.ts";
import type { IsolationLevel, LogEntry, RuntimeKind } from "../spec/sandbox.ts";

/** What is noted while one call runs; becomes its `meta`, whichever way it ends. */
export class CallRecord {
  readonly #startedAt = performance.now();
  readonly #requestId: string;
  readonly #isolation: IsolationLevel;
  readonly #timings: Partial<Record<TimedStep, number>> = {};
  readonly logs: LogEntry[] = [];
  runtime: RuntimeKind | null = null;
  start: StartKind | null = null;
  artifact: string | null = null;
  version: string | null = null;
  lockHash: string | undefined = undefined;
  refusals: readonly Refusal[] = [];
  /** Asked when the call ends, since requests may still be under way before. */
  egress: () => readonly EgressRecord[] = () => [];
  droppedLogBytes = 0;
  cache: CacheUse = "off";
  /** Items that were streamed. */
  chunks = 0;
  /** How its sandbox came to be, also where `start` says that the package was built for it. */
  sandboxStart: StartKind | null = null;
  /** The step that is under way: where an unexpected error is said to have happened. */
  stage: Stage = "request";

  constructor(options: { requestId: string; isolation: IsolationLevel }) {
    this.#requestId = options.requestId;
    this.#isolation = options.isolation;
  }

  /** Whether anything of the call has left: then it must not be made twice. */
  wasSeen(): boolean {
    return this.chunks > 0 || this.egress().length > 0;
  }

  get timings(): Readonly<Partial<Record<TimedStep, number>>> {
    return this.#timings;
  }

  time(step: TimedStep, milliseconds: number): void {
    this.#timings[step] = rounded(milliseconds);
  }

  success(output: JsonValue): ExecutionResult {
    return { success: true, output, executionTimeMs: this.#elapsedMs(), meta: this.#meta() };
  }

  /** Errors that nobody foresaw become `internal` and tell the caller nothing of the inside. */
  failure(error: unknown): ExecutionResult {
    const known = error instanceof AirlockError
      ? error
      : new AirlockError("internal", "Calling the tool: the gateway failed", { cause: error });
    const { code, message, suggestion, details, retryable, retryAfterMs } = known;
    return {
      success: false,
      error: message,
      code,
      stage: known.stage ?? this.stage,
      ...(suggestion === undefined ? {} : { suggestion }),
      ...(Object.keys(details).length === 0 ? {} : { details }),
      retryable,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      executionTimeMs: this.#elapsedMs(),
      meta: this.#meta(),
    };
  }

  #elapsedMs(): number {
    const elapsedMs = rounded(performance.now() - this.#startedAt);
    this.#timings.total = elapsedMs;
    return elapsedMs;
  }

  #meta(): ExecutionMeta {
    const { runtime, start, artifact, version, refusals, cache, logs, droppedLogBytes } = this;
    const { lockHash } = this;
    return {
      requestId: this.#requestId,
      runtime,
      start,
      artifact,
      version,
      ...(lockHash === undefined ? {} : { lockHash }),
      isolation: this.#isolation,
      refusals,
      cache,
      egress: this.egress(),
      logs,
      droppedLogBytes,
      timings: this.#timings,
    };
  }
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
