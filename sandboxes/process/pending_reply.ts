import { AirlockError, type Stage } from "../../spec/errors.ts";
import { deadlineExceeded } from "./call_errors.ts";
import type { GuestMessage } from "../protocol/messages.ts";

/** What is waited for. */
export interface ExpectedReply {
  readonly type: "ready" | "loaded" | "described" | "snapshotted";
  readonly timeoutMs: number;
  readonly stage: Stage;
}

/** Waits for the one reply that a guest owes, if any: a guest is asked one thing at a time. */
export class PendingReply {
  #expected: ExpectedReply | null = null;
  #settle: PromiseWithResolvers<GuestMessage> | null = null;

  get waiting(): boolean {
    return this.#expected !== null;
  }

  /**
   * Resolves with the reply. `ended` rejects when the guest has ended; `onTimeout` is called when it
   * takes too long.
   */
  async expect(
    expected: ExpectedReply,
    from: { ask: () => void; ended: Promise<never>; onTimeout: (detail: string) => void },
  ): Promise<GuestMessage> {
    const { stage, timeoutMs } = expected;
    if (this.waiting) {
      throw new AirlockError("internal", "Asking a sandbox: it is still busy", { stage });
    }
    this.#expected = expected;
    const settle = this.#settle = Promise.withResolvers<GuestMessage>();
    const timer = setTimeout(() => {
      settle.reject(deadlineExceeded(timeoutMs, stage));
      from.onTimeout(`${stage} took longer than ${timeoutMs} ms`);
    }, timeoutMs);
    try {
      from.ask();
      return await Promise.race([settle.promise, from.ended]);
    } finally {
      clearTimeout(timer);
      this.#expected = null;
      this.#settle = null;
    }
  }

  /** @returns `false` when nobody asked for this. */
  settle(message: GuestMessage): boolean {
    const wanted = this.#expected !== null &&
      (message.type === this.#expected.type || message.type === "load-failed");
    if (wanted) this.#settle?.resolve(message);
    return wanted;
  }
}
