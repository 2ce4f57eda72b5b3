import { type LineEnd, type PollBody, takeFitting } from "../../bridge/protocol/poll_body.ts";
import type { LineSocket } from "./bridge_connection.ts";

const OPEN = 1;
const CLOSED = 3;

/**
 * What stands in for a WebSocket where a bridge asks again and again: frames wait here until they are
 * asked for. What was handed out and did not arrive is lost with the line, as with a connection.
 */
export class PollLine implements LineSocket {
  /** Known to its bridge alone. */
  readonly id: string = crypto.randomUUID();
  readonly #frames: string[] = [];
  #characters = 0;
  #closed: LineEnd | undefined;
  #turn = 0;
  #wake: () => void = () => {};

  get readyState(): number {
    return this.#closed === undefined ? OPEN : CLOSED;
  }

  get bufferedAmount(): number {
    return this.#characters;
  }

  send(frame: string): void {
    this.#frames.push(frame);
    this.#characters += frame.length;
    this.#wake();
  }

  close(code: number, reason: string): void {
    this.#closed ??= { code, reason };
    this.#wake();
  }

  /**
   * What there is for the bridge, as soon as there is something; nothing after `waitMs`, when whoever
   * asked has gone, and when the line is asked once more meanwhile.
   */
  async take(waitMs: number, signal: AbortSignal): Promise<PollBody> {
    const turn = ++this.#turn;
    // The one that waits gives up its place.
    this.#wake();
    if (this.#frames.length === 0 && this.#closed === undefined) {
      await this.#something(waitMs, signal);
    }
    if (turn !== this.#turn || signal.aborted) return { frames: [] };
    const frames = takeFitting(this.#frames);
    for (const frame of frames) this.#characters -= frame.length;
    return this.#frames.length > 0 ? { frames } : { frames, closed: this.#closed };
  }

  async #something(waitMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, waitMs);
    this.#wake = resolve;
    signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
  }
}
