// style-ok jsdoc: each export is the interface of the Fetch Standard that its name says.
import { GuestAbortController, type GuestAbortSignal } from "./abort.ts";
import { extractBody, GuestBody } from "./body.ts";

/** Methods whose names are normalised to upper case. */
const KNOWN_METHOD = /^(?:delete|get|head|options|post|put|patch)$/i;
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;

type Init = Omit<RequestInit, "signal"> & { readonly signal?: GuestAbortSignal | null };

export class GuestRequest extends GuestBody {
  readonly url: string;
  readonly method: string;
  readonly redirect: RequestRedirect;
  readonly signal: GuestAbortSignal;
  readonly cache = "default";
  readonly credentials = "same-origin";
  readonly mode = "cors";
  readonly referrer = "about:client";
  readonly referrerPolicy = "";
  readonly integrity = "";
  readonly keepalive = false;
  readonly destination = "";
  readonly duplex = "half";

  constructor(input: GuestRequest | URL | string, init: Init = {}) {
    const from = input instanceof GuestRequest ? input : null;
    const method = normaliseMethod(init.method ?? from?.method ?? "GET");
    const given = init.body ?? null;
    if (given !== null && (method === "GET" || method === "HEAD")) {
      throw new TypeError("Request with GET/HEAD method cannot have body.");
    }
    const inherited = from !== null && given === null && from.body !== null
      ? { stream: from.body, type: null }
      : null;
    super(extractBody(given) ?? inherited, new Headers(init.headers ?? from?.headers));
    this.method = method;
    this.url = from?.url ?? new URL(String(input)).href;
    this.redirect = init.redirect ?? from?.redirect ?? "follow";
    this.signal = init.signal ?? from?.signal ?? new GuestAbortController().signal;
  }

  clone(): GuestRequest {
    const other = this.split();
    return new GuestRequest(this.url, {
      method: this.method,
      headers: this.headers,
      redirect: this.redirect,
      signal: this.signal,
      body: other?.stream ?? null,
    });
  }

  get [Symbol.toStringTag](): string {
    return "Request";
  }
}

function normaliseMethod(method: string): string {
  if (!TOKEN.test(method) || /^(?:connect|trace|track)$/i.test(method)) {
    throw new TypeError(`Invalid request method: ${method}`);
  }
  return KNOWN_METHOD.test(method) ? method.toUpperCase() : method;
}
