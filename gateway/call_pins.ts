import type { PinKey } from "../registry/pins/read_pins.ts";
import type { CallContext } from "../spec/execution.ts";

/** What a pin adds to the context of a call. */
export type PinnedContext = Required<Pick<CallContext, "pin" | "onHeld" | "onReached">>;

/** Pins as calls need them. */
export interface CallPins {
  /**
   * What a call of the tool through the collection is held to; `null` where it has no pin there, and
   * must not be called through it.
   * @throws {AirlockError} `upstream_failed` where that cannot be found out: refuse the call then.
   */
  contextOf(key: PinKey): PinnedContext | null | Promise<PinnedContext | null>;
  /** Forgets a pin because it was decided on, entered or removed. */
  drop(key: PinKey): void;
}
