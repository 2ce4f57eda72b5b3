import { badRequest, limitReached } from "./egress_errors.ts";
import type { EgressLimits } from "./egress_limits.ts";
import { targetOf } from "./net_grant.ts";

/** Header pairs as they come and go. */
export type HeaderPairs = readonly (readonly [string, string])[];

// What belongs to one connection, or decides where a message ends or who is asked: ours to write.
const CONTROLLED =
  /^(host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|http2-settings|content-length|proxy-.*)$/;
const HOP_BY_HOP = /^(connection|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*)$/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const METHOD_NEVER = /^(CONNECT|TRACE|TRACK)$/i;
const METHOD_UPPER = /^(get|head|post|put|delete|options|patch)$/i;

/**
 * The method as it goes out.
 * @throws {AirlockError} `invalid_input` for no token, and for `CONNECT`, `TRACE` and `TRACK`.
 */
export function checkMethod(method: string): string {
  if (method.length > 32 || !TOKEN.test(method) || METHOD_NEVER.test(method)) {
    throw badRequest("the method is not allowed");
  }
  return METHOD_UPPER.test(method) ? method.toUpperCase() : method;
}

/**
 * A tool's headers, lower-case, without those that are ours to write.
 * @throws {AirlockError} `invalid_input` for a name or value that is not valid HTTP;
 * `resource_limit` above `headerBytes`.
 */
export function checkHeaders(headers: HeaderPairs, limits: EgressLimits): [string, string][] {
  let bytes = 0;
  const kept: [string, string][] = [];
  for (const [name, value] of headers) {
    bytes += name.length + value.length + 4;
    if (bytes > limits.headerBytes) throw limitReached("headerBytes", limits.headerBytes);
    if (!TOKEN.test(name)) throw badRequest("a header name is not valid");
    if (!VALUE.test(value)) throw badRequest("a header value is not valid");
    const lower = name.toLowerCase();
    if (!CONTROLLED.test(lower)) kept.push([lower, value]);
  }
  return kept;
}

/** The length that a tool declares for its body; `null` where it declares none that is usable. */
export function declaredLength(headers: HeaderPairs): number | null {
  const values = headers.filter(([name]) => name.toLowerCase() === "content-length");
  const value = values.length === 1 ? values[0]![1] : "";
  return /^\d{1,15}$/.test(value) ? Number(value) : null;
}

/** The headers of one hop, complete, in the shape that Node's client takes. */
export function wireHeaders(
  hop: { readonly method: string; readonly url: URL; readonly headers: HeaderPairs },
  bodyBytes: number | null | "none",
): Record<string, string | string[]> {
  const { host } = targetOf(hop.url);
  // Without a prototype, so that a header may be called `__proto__`.
  const wire: Record<string, string | string[]> = Object.create(null);
  wire["host"] = hop.url.port === "" ? host : `${host}:${hop.url.port}`;
  for (const [name, value] of hop.headers) {
    const before = wire[name];
    if (before === undefined) wire[name] = value;
    else wire[name] = Array.isArray(before) ? [...before, value] : [before, value];
  }
  wire["user-agent"] ??= "airlock";
  wire["accept"] ??= "*/*";
  // A range of encoded bytes could not be decoded.
  wire["accept-encoding"] ??= "range" in wire ? "identity" : "gzip, br";
  if (typeof bodyBytes === "number") wire["content-length"] = String(bodyBytes);
  else if (bodyBytes === null) wire["transfer-encoding"] = "chunked";
  else if (/^(POST|PUT|PATCH)$/.test(hop.method)) wire["content-length"] = "0";
  return wire;
}

/** Response headers for the tool: connection matters left out, and, where decoded, the encoding. */
export function answerHeaders(raw: readonly string[], decoded: boolean): [string, string][] {
  const kept: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]!.toLowerCase();
    if (HOP_BY_HOP.test(name)) continue;
    if (decoded && (name === "content-encoding" || name === "content-length")) continue;
    kept.push([name, raw[index + 1]!]);
  }
  return kept;
}
