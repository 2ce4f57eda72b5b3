import type { SandboxExit } from "../../spec/sandbox.ts";
import type { ActiveCall } from "./active_call.ts";
import { exitError, lostError } from "./call_errors.ts";

/** Bytes that one character may take in JSON text: `\u0001`. */
const ESCAPED_BYTES = 6;

/** The calls in flight in one sandbox, by number. */
export class CallTable {
  readonly #calls = new Map<number, ActiveCall>();
  #nextNumber = 1;

  get size(): number {
    return this.#calls.size;
  }

  /** Largest result or log line, as JSON text, that any call in flight may send. */
  get maxFrameBytes(): number {
    let bytes = 0;
    for (const { invocation: { limits } } of this.#calls.values()) {
      bytes = Math.max(bytes, limits.outputBytes, limits.logBytes * ESCAPED_BYTES);
    }
    return bytes;
  }

  /** Enters the call that `make` returns for its number. */
  add(make: (number: number) => ActiveCall): { number: number; call: ActiveCall } {
    const number = this.#nextNumber++;
    const call = make(number);
    this.#calls.set(number, call);
    return { number, call };
  }

  get(number: number): ActiveCall | undefined {
    return this.#calls.get(number);
  }

  delete(number: number): void {
    this.#calls.delete(number);
  }

  /** The call that a message belongs to: the only one in flight where the message does not say. */
  ownerOf(number: number | null): ActiveCall | undefined {
    if (number !== null) return this.#calls.get(number);
    if (this.#calls.size !== 1) return undefined;
    return this.#calls.values().next().value;
  }

  /**
   * Fails every call because their sandbox has ended. Where there were several nobody knows whose
   * doing it was, so each is taken for another's victim, unless `isTold`: then they all are, since the
   * call that ended it has been told and is gone.
   */
  failAll(exit: SandboxExit, isTold: boolean): void {
    const areVictims = isTold || this.#calls.size > 1;
    for (const call of this.#calls.values()) {
      const { limits } = call.invocation;
      call.fail(
        areVictims ? lostError(exit, "execute") : exitError(exit, { limits, stage: "execute" }),
      );
    }
    this.#calls.clear();
  }
}
