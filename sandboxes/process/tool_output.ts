import type { GuestMessage } from "../protocol/messages.ts";
import type { CallTable } from "./call_table.ts";

/** Text that belongs to no call's log, which one sandbox may write in its life; more is a flood. */
const STRAY_LIMIT_CHARACTERS = 16 * 1024 * 1024;

type LogMessage = Extract<GuestMessage, { type: "log" }>;

/**
 * Brings what a guest prints to the log of the call that printed it. Lines of a call are bounded by
 * the guest; for text outside frames and for lines of no call, the only bound is the one here.
 */
export class ToolOutput {
  readonly #calls: CallTable;
  readonly #onFlood: () => void;
  #strayCharacters = 0;

  /** `onFlood` is called with every piece of text past the bound. */
  constructor(calls: CallTable, onFlood: () => void) {
    this.#calls = calls;
    this.#onFlood = onFlood;
  }

  /** Takes a line that came in a frame. */
  line({ call, level, message }: LogMessage): void {
    const owner = this.#calls.ownerOf(call);
    if (owner === undefined) this.#count(message);
    else owner.log.write(level, message);
  }

  /** Takes text that did not come in a frame: who wrote it is only known where one call runs. */
  text(from: "stdout" | "stderr", text: string): void {
    this.#count(text);
    this.#calls.ownerOf(null)?.log.write(from, text);
  }

  #count(text: string): void {
    this.#strayCharacters += text.length;
    if (this.#strayCharacters > STRAY_LIMIT_CHARACTERS) this.#onFlood();
  }
}
