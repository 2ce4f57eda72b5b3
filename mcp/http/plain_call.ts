import {
  classifyInboundRequest,
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  LOG_LEVEL_META_KEY,
  PROTOCOL_VERSION_META_KEY,
  type RequestId,
  SUPPORTED_PROTOCOL_VERSIONS,
} from "@modelcontextprotocol/server";
import { isJsonObject, type JsonObject } from "../../spec/json.ts";
import type { McpAbility } from "../../spec/mcp_asking.ts";
import { abilitiesOf } from "../asking/client_abilities.ts";

/** A `tools/call` that says nothing else. */
export interface PlainCall {
  readonly id: RequestId;
  readonly name: string;
  readonly args: JsonObject;
}

/** One of revision 2026-07-28, each of whose requests says who its client is. */
export interface ModernCall extends PlainCall {
  readonly abilities: readonly McpAbility[];
}

const MODERN_REVISION = "2026-07-28";

/** What of the protocol's own stands in `_meta` of such a request. */
const ENVELOPE_KEYS: ReadonlySet<string> = new Set([
  ...[PROTOCOL_VERSION_META_KEY, CLIENT_INFO_META_KEY],
  ...[CLIENT_CAPABILITIES_META_KEY, LOG_LEVEL_META_KEY],
]);

/** Names that a header carries as they are. */
const HEADER_NAME = /^[\w.-]+$/;

/** Longest id of a request that is remembered while it runs. */
const MAX_ID_CHARACTERS = 1_024;

const MESSAGE_KEYS: ReadonlySet<string> = new Set(["jsonrpc", "id", "method", "params"]);
const PARAMS_KEYS: ReadonlySet<string> = new Set(["name", "arguments", "_meta"]);

/** What the protocol itself says in `_meta`: that a request is of the newer era, for one. */
const PROTOCOL_META = "io.modelcontextprotocol/";

/**
 * The call in a `POST` of the session era, where everything about it is usual and right, so that the
 * SDK would take it as it is. What is not is left to the SDK, which knows what to say of it.
 */
export function plainCallOf({ headers }: Request, body: unknown): PlainCall | undefined {
  const found = callIn(body);
  if (found === undefined || Object.keys(found.meta).some(isProtocols)) return;
  const version = headers.get("mcp-protocol-version");
  if (version !== null && !SUPPORTED_PROTOCOL_VERSIONS.includes(version)) return;
  const accept = headers.get("accept") ?? "";
  if (!accept.includes("application/json") || !accept.includes("text/event-stream")) return;
  return found.call;
}

/** The same of revision 2026-07-28. */
export function modernCallOf({ headers }: Request, body: unknown): ModernCall | undefined {
  const found = callIn(body);
  if (found === undefined || found.meta[PROTOCOL_VERSION_META_KEY] !== MODERN_REVISION) return;
  const { call, meta } = found;
  if (Object.keys(meta).some((key) => isProtocols(key) && !ENVELOPE_KEYS.has(key))) return;
  const protocolVersionHeader = headers.get("mcp-protocol-version") ?? undefined;
  const mcpMethodHeader = headers.get("mcp-method") ?? undefined;
  const mcpNameHeader = headers.get("mcp-name") ?? undefined;
  if (protocolVersionHeader !== MODERN_REVISION || mcpMethodHeader !== "tools/call") return;
  if (mcpNameHeader !== call.name || !HEADER_NAME.test(call.name)) return;
  if (headers.get("content-type") !== "application/json") return;
  const sent = { protocolVersionHeader, mcpMethodHeader, mcpNameHeader, body };
  // Looks at what the client says of itself.
  if (classifyInboundRequest({ httpMethod: "POST", ...sent }).kind !== "modern") return;
  return { ...call, abilities: abilitiesOf(meta[CLIENT_CAPABILITIES_META_KEY]) };
}

function callIn(
  body: unknown,
): { readonly call: PlainCall; readonly meta: JsonObject } | undefined {
  if (!isJsonObject(body) || body["method"] !== "tools/call" || body["jsonrpc"] !== "2.0") return;
  const { id, params } = body;
  if (!isId(id) || !isJsonObject(params) || !hasOnly(body, MESSAGE_KEYS)) return;
  const { name, arguments: args = {}, _meta: meta = {} } = params;
  if (typeof name !== "string" || !hasOnly(params, PARAMS_KEYS)) return;
  // Whoever checks a record leaves that key out.
  if (!isJsonObject(args) || Object.hasOwn(args, "__proto__")) return;
  if (!isJsonObject(meta)) return;
  const { progressToken = 0 } = meta;
  if (!isToken(progressToken)) return;
  return { call: { id, name, args }, meta };
}

function isId(id: unknown): id is RequestId {
  return typeof id === "string" ? id.length <= MAX_ID_CHARACTERS : Number.isSafeInteger(id);
}

function isToken(token: unknown): boolean {
  return typeof token === "string" || Number.isSafeInteger(token);
}

function isProtocols(key: string): boolean {
  return key.startsWith(PROTOCOL_META);
}

function hasOnly(object: JsonObject, keys: ReadonlySet<string>): boolean {
  return Object.keys(object).every((key) => keys.has(key));
}
