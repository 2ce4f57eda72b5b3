import { type RequestId, SUPPORTED_PROTOCOL_VERSIONS } from "@modelcontextprotocol/server";
import { isJsonObject, type JsonObject } from "../../spec/json.ts";

/** A `tools/call` of the session era that says nothing else. */
export interface PlainCall {
  readonly id: RequestId;
  readonly name: string;
  readonly args: JsonObject;
}

/** Longest id of a request that is remembered while it runs. */
const MAX_ID_CHARACTERS = 1_024;

const MESSAGE_KEYS: ReadonlySet<string> = new Set(["jsonrpc", "id", "method", "params"]);
const PARAMS_KEYS: ReadonlySet<string> = new Set(["name", "arguments", "_meta"]);

/** What the protocol itself says in `_meta`: that a request is of the newer era, for one. */
const PROTOCOL_META = "io.modelcontextprotocol/";

/**
 * The call in a `POST`, where everything about it is usual and right, so that the SDK would take it as
 * it is. What is not is left to the SDK, which knows what to say of it.
 */
export function plainCallOf({ headers }: Request, body: unknown): PlainCall | undefined {
  if (!isJsonObject(body) || body["method"] !== "tools/call" || body["jsonrpc"] !== "2.0") return;
  const { id, params } = body;
  if (!isId(id) || !isJsonObject(params) || !hasOnly(body, MESSAGE_KEYS)) return;
  const { name, arguments: args = {}, _meta: meta = {} } = params;
  if (typeof name !== "string" || !hasOnly(params, PARAMS_KEYS)) return;
  // Whoever checks a record leaves that key out.
  if (!isJsonObject(args) || Object.hasOwn(args, "__proto__") || !isOwnMeta(meta)) return;
  const version = headers.get("mcp-protocol-version");
  if (version !== null && !SUPPORTED_PROTOCOL_VERSIONS.includes(version)) return;
  const accept = headers.get("accept") ?? "";
  if (!accept.includes("application/json") || !accept.includes("text/event-stream")) return;
  return { id, name, args };
}

function isId(id: unknown): id is RequestId {
  return typeof id === "string" ? id.length <= MAX_ID_CHARACTERS : Number.isSafeInteger(id);
}

function isOwnMeta(meta: unknown): boolean {
  if (!isJsonObject(meta)) return false;
  const { progressToken = 0 } = meta;
  return (typeof progressToken === "string" || Number.isSafeInteger(progressToken)) &&
    Object.keys(meta).every((key) => !key.startsWith(PROTOCOL_META));
}

function hasOnly(object: JsonObject, keys: ReadonlySet<string>): boolean {
  return Object.keys(object).every((key) => keys.has(key));
}
