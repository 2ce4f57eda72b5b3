import { CLOSE_CODES } from "./protocol_limits.ts";

/** The other end does not keep to the protocol: the connection is of no use any more. */
export class ProtocolViolation extends Error {
  override readonly name = "ProtocolViolation";
  readonly closeCode: number;

  /** `message` is sent along with the close code: at most 120 ASCII characters. */
  constructor(message: string, closeCode: number = CLOSE_CODES.violation) {
    super(message);
    this.closeCode = closeCode;
  }
}
