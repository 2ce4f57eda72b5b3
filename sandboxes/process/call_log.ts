import type { InvocationHost, LogEntry } from "../../spec/sandbox.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Counts and passes on the log lines of one call until its limit; afterwards only counts. */
export class CallLog {
  readonly #startedAt = performance.now();
  readonly #limitBytes: number;
  readonly #listener: Pick<InvocationHost, "onLog" | "onDropped">;
  #keptBytes = 0;
  #droppedBytes = 0;

  constructor(limitBytes: number, listener: Pick<InvocationHost, "onLog" | "onDropped">) {
    this.#limitBytes = limitBytes;
    this.#listener = listener;
  }

  /** Bytes of text that did not fit. */
  get droppedBytes(): number {
    return this.#droppedBytes;
  }

  write(level: LogEntry["level"], text: string): void {
    const bytes = encoder.encode(text);
    const roomBytes = this.#limitBytes - this.#keptBytes;
    const kept = bytes.length <= roomBytes ? bytes : bytes.subarray(0, roomBytes);
    this.#keptBytes += kept.length;
    if (kept.length < bytes.length) this.drop(bytes.length - kept.length);
    if (kept.length === 0) return;
    const message = kept.length === bytes.length ? text : decoder.decode(kept);
    this.#listener.onLog({ level, message, atMs: Math.round(performance.now() - this.#startedAt) });
  }

  /** Counts text that does not fit, or that the guest did not even send. */
  drop(bytes: number): void {
    this.#droppedBytes += bytes;
    this.#listener.onDropped?.(bytes);
  }
}
