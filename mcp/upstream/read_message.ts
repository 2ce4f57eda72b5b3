import { deserializeMessage, type JSONRPCMessage } from "@modelcontextprotocol/client";
import { isJsonObject } from "../../spec/json.ts";

/**
 * The message that a line is, looked at as the SDK does. Nearly all are results, whose envelope takes
 * the SDK's schemas longer than all else that is done with them: it is looked at by hand.
 * @throws what the SDK throws for what is no message.
 */
export function readMessage(line: string): JSONRPCMessage {
  const value: unknown = JSON.parse(line);
  return isPlainResult(value) ? value : deserializeMessage(line);
}

type ResultMessage = Extract<JSONRPCMessage, { readonly result: unknown }>;

/** Whether it is a result without anything that would have to be looked at more closely. */
function isPlainResult(value: unknown): value is ResultMessage {
  if (!isJsonObject(value) || Object.keys(value).length !== 3) return false;
  const { jsonrpc, id, result } = value;
  return jsonrpc === "2.0" && (typeof id === "string" || Number.isSafeInteger(id)) &&
    isJsonObject(result) && !Object.hasOwn(result, "_meta") && !Object.hasOwn(result, "__proto__");
}
