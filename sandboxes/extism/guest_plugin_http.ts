import type { EgressResponse } from "../../spec/egress.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../spec/json.ts";
import type { CallScope } from "./guest_call_scope.ts";
import { PluginError } from "./guest_plugin_error.ts";

/** The answer to a plug-in's request. */
export interface PluginResponse {
  readonly status: number;
  /** JSON text: lower-case name → value. */
  readonly headersJson: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Makes the HTTP request that a plug-in describes in JSON (`url`, `method`, `headers`), through the
 * gateway. A refusal ends the plug-in's run with its reason.
 */
export async function requestForPlugin(
  request: Uint8Array<ArrayBuffer>,
  { body, scope, maxBytes }: {
    readonly body: Uint8Array<ArrayBuffer>;
    readonly scope: CallScope;
    readonly maxBytes: number;
  },
): Promise<PluginResponse> {
  const { url, method, headers } = readRequest(request);
  const response = await scope.egress.request({
    method,
    url,
    headers,
    redirect: "follow",
    body: body.length === 0 ? null : new Blob([body]).stream(),
  }, scope.signal);
  return {
    status: response.status,
    headersJson: JSON.stringify(joinHeaders(response.headers)),
    body: await readBounded(response, maxBytes),
  };
}

function readRequest(bytes: Uint8Array<ArrayBuffer>) {
  const parsed = parse(decoder.decode(bytes));
  if (!isJsonObject(parsed) || typeof parsed.url !== "string") {
    throw new PluginError("PluginFailed", "Requesting over the network: the request has no url");
  }
  const method = typeof parsed.method === "string" ? parsed.method.toUpperCase() : "GET";
  return { url: parsed.url, method, headers: headerPairs(parsed) };
}

function headerPairs(request: JsonObject): [string, string][] {
  const headers = request.headers ?? request.header;
  if (headers === undefined || !isJsonObject(headers)) return [];
  return Object.entries(headers).map(([name, value]) => [name, String(value)]);
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch {
    // Said in the words of the request, which is what the plug-in's author knows.
    throw new PluginError("PluginFailed", "Requesting over the network: the request is no JSON");
  }
}

function joinHeaders(headers: EgressResponse["headers"]): Record<string, string> {
  const joined = new Headers();
  for (const [name, value] of headers) joined.append(name, value);
  return Object.fromEntries(joined);
}

async function readBounded(
  response: EgressResponse,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    length += piece.length;
    if (length > maxBytes) {
      throw new PluginError(
        "PluginLimit",
        `Requesting over the network: the response has more than ${maxBytes} bytes`,
      );
    }
    pieces.push(piece);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Text as bytes. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}
