import { hash } from "node:crypto";
import type { Context } from "hono";
import { AirlockError } from "../spec/errors.ts";
import type { GatewayEnv } from "./gateway_env.ts";

/** The tag of what is answered with that text. */
function etagOf(text: string): string {
  return `"${hash("sha256", text, "base64url").slice(0, 27)}"`;
}

/**
 * Lets a change through whose `If-Match` names what is there now, or that has none.
 * @throws {AirlockError} `precondition_failed`.
 */
export function requireMatch(context: Context<GatewayEnv>, current: object): void {
  const wanted = context.req.header("if-match");
  if (wanted === undefined || wanted.trim() === "*") return;
  // Weak tags never match: a change is made to what was seen, to the letter (RFC 9110, 13.1.1).
  if (wanted.split(",").some((tag) => tag.trim() === etagOf(JSON.stringify(current)))) return;
  throw new AirlockError("precondition_failed", "change: it has changed since you looked", {
    stage: "request",
    suggestion: "Read it again, and change what is there now.",
  });
}

/** Answers with one thing and its `ETag`, or with 304 where the caller has it as it is. */
export function respondOne(context: Context<GatewayEnv>, thing: object): Response {
  const text = JSON.stringify(thing);
  const etag = etagOf(text);
  const known = (context.req.header("if-none-match") ?? "").split(",").map((tag) => tag.trim());
  // Unlike other answers these may be kept by whoever asked, as long as they ask again.
  const headers = { etag, "cache-control": "private, no-cache" };
  if (known.some((tag) => tag === "*" || tag.replace(/^W\//, "") === etag)) {
    return new Response(null, { status: 304, headers });
  }
  return new Response(text, { headers: { ...headers, "content-type": "application/json" } });
}
