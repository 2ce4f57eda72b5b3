import { isJsonObject, type JsonObject } from "./json.ts";

/** An answer of JSON-RPC that has a result. */
export interface PlainAnswer {
  readonly jsonrpc: "2.0";
  readonly id: string | number;
  readonly result: JsonObject;
}

/**
 * Whether a message of MCP is an answer with a result and nothing about it that would have to be looked
 * at more closely: nearly all are, and schemas take longer for the envelope than all else that is done
 * with it.
 */
export function isPlainAnswer(value: unknown): value is PlainAnswer {
  if (!isJsonObject(value) || Object.keys(value).length !== 3) return false;
  const { jsonrpc, id, result } = value;
  return jsonrpc === "2.0" && (typeof id === "string" || Number.isSafeInteger(id)) &&
    isJsonObject(result) && !Object.hasOwn(result, "_meta") && !Object.hasOwn(result, "__proto__");
}
