import { deserializeMessage, type Transport } from "@modelcontextprotocol/client";
import { isPlainAnswer } from "../spec/plain_answer.ts";

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
  return isPlainAnswer(value) ? value : deserializeMessage(line);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // Said to whoever reads it.
  }
}
