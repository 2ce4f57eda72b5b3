import { deserializeMessage, type JSONRPCMessage } from "@modelcontextprotocol/client";
import { isPlainAnswer } from "../../spec/plain_answer.ts";

/**
 * The message that a line is, looked at as the SDK does. Nearly all are results, whose envelope takes
 * the SDK's schemas longer than all else that is done with them: it is looked at by hand.
 * @throws what the SDK throws for what is no message.
 */
export function readMessage(line: string): JSONRPCMessage {
  const value: unknown = JSON.parse(line);
  return isPlainAnswer(value) ? value : deserializeMessage(line);
}
