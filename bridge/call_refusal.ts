import type { BridgeFailure } from "./protocol.ts";

/** Why a call has no answer of a server's. Its message is sent to whoever called. */
export class CallRefusal extends Error {
  override readonly name = "CallRefusal";
  readonly code: BridgeFailure;

  constructor(code: BridgeFailure, message: string) {
    super(message);
    this.code = code;
  }
}
