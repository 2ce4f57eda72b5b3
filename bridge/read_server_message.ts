import { deserializeMessage, type Transport } from "@modelcontextprotocol/client";
import { isJsonObject } from "../spec/json.ts";

/** A message of MCP. */
export type ServerMessage = Parameters<NonNullable<Transport["onmessage"]>>[0];

/**
 * The message on a line; `null` where there is no JSON, as many servers greet on stdout. Results, which
 * nearly all are, are looked at by hand.
 * @throws {Error} where it is JSON and no message.
 */
export function readServerMessage(line: string): ServerMessage | null {
  const value = parseJson(line);
  if (value === undefined) return null;
  return isResult(value) ? value : deserializeMessage(line);
}

function isResult(value: unknown): value is ServerMessage {
  return isJsonObject(value) && value["jsonrpc"] === "2.0" && Number.isInteger(value["id"]) &&
    isJsonObject(value["result"]) && value["result"]["_meta"] === undefined &&
    Object.keys(value).length === 3;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // Said to whoever reads it.
  }
}
