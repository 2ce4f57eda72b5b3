/** undici's `request` and `stream` over the sandbox's `fetch`. */
import { Readable } from "node:stream";
import { pipeline as pump } from "node:stream/promises";

/** Set on dispatchers and interceptors that follow redirects. */
export const FOLLOWS = Symbol("follows redirects");

function urlOf(input, query) {
  const url = new URL(
    typeof input === "string" || input instanceof URL ? input : input.href ??
      `${input.origin ?? `${input.protocol}//${input.host ?? input.hostname}`}${
        input.path ?? `${input.pathname ?? "/"}${input.search ?? ""}`
      }`,
  );
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const item of Array.isArray(value) ? value : [value]) url.searchParams.append(name, item);
  }
  return url;
}

function headersOf(headers) {
  if (headers === null || headers === undefined || headers instanceof Headers) {
    return headers ?? undefined;
  }
  const list = new Headers();
  if (Array.isArray(headers) && !Array.isArray(headers[0])) {
    for (let i = 0; i + 1 < headers.length; i += 2) list.append(headers[i], headers[i + 1]);
    return list;
  }
  const pairs = Symbol.iterator in headers ? headers : Object.entries(headers);
  for (const [name, value] of pairs) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined) list.append(name, item);
    }
  }
  return list;
}

async function* chunks(stream) {
  if (stream === null) return;
  const { Buffer } = globalThis;
  for await (const chunk of stream) {
    yield Buffer === undefined
      ? chunk
      : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
}

const MIXINS = ["text", "json", "blob", "bytes", "arrayBuffer", "formData"];

/** A readable stream with the mixins that undici documents; each reads the body whole, once. */
function bodyOf(response) {
  const body = Readable.from(chunks(response.body), { objectMode: false });
  for (const name of MIXINS) body[name] = () => response[name]();
  body.dump = async () => {
    await response.body?.cancel();
  };
  return Object.defineProperties(body, {
    body: { get: () => response.body },
    bodyUsed: { get: () => response.bodyUsed },
  });
}

/** undici's `request`: redirects are handed back unless asked to be followed. */
export async function request(input, options = {}) {
  const { method = "GET", headers, body, query, signal, maxRedirections = 0 } = options;
  const init = { method: method.toUpperCase(), headers: headersOf(headers), signal };
  const follows = maxRedirections > 0 || options.dispatcher?.[FOLLOWS] === true;
  init.redirect = follows ? "follow" : "manual";
  if (body !== null && body !== undefined) {
    init.body = body;
    if (typeof body === "object" && Symbol.asyncIterator in body) init.duplex = "half";
  }
  const response = await globalThis.fetch(urlOf(input, query), init);
  const plain = {};
  for (const [name, value] of response.headers) {
    plain[name] = name in plain ? [plain[name], value].flat() : value;
  }
  return {
    statusCode: response.status,
    statusText: response.statusText,
    headers: plain,
    trailers: {},
    opaque: options.opaque ?? null,
    context: {},
    body: bodyOf(response),
  };
}

/** undici's `stream`: the body goes to the writable that `factory` makes from the answer's head. */
export async function stream(input, options, factory) {
  const { body, ...head } = await request(input, options);
  await pump(body, factory(head));
  return { opaque: head.opaque, trailers: {}, context: {} };
}
