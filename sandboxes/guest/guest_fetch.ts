import type { EgressPort } from "../../spec/egress.ts";
import { measureBody } from "./measure_body.ts";

// A tool may replace any of these later; a fetch that breaks half-way would be hard to explain.
const { Request, Response, Headers, ReadableStream, TypeError, URL } = globalThis;
const { defineProperty } = Object;

/** The type of the global `fetch`. */
export type Fetch = typeof globalThis.fetch;

/**
 * A `fetch` that makes every `http:` and `https:` request through `port`. Requests, responses and
 * headers are the realm's own. As in Deno, `redirect: "manual"` gives the redirect itself.
 * Refusals and failures reject with a `TypeError` whose message says why, with the port's error as
 * `cause`; an abort rejects with the signal's reason. `data:` and `blob:` URLs need no network: they
 * are left to `native`, which has to be the realm's own and is asked for when needed only.
 */
export function createGuestFetch(
  port: EgressPort,
  options: { readonly native?: () => Fetch } = {},
): Fetch {
  return async function fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    const url = new URL(request.url);
    if (url.protocol !== "http:" && url.protocol !== "https:") {
      if (options.native !== undefined) return await options.native()(request);
      throw new TypeError(`fetch failed: ${url.protocol} URLs are not supported here`);
    }
    if (url.username !== "" || url.password !== "") {
      throw new TypeError("fetch failed: the URL holds credentials; send an authorization header");
    }
    const { signal } = request;
    signal.throwIfAborted();
    const { body, lengthBytes } = await measureBody(request, init?.body);
    signal.throwIfAborted();
    const headers = [...request.headers].filter(([name]) =>
      lengthBytes === null || name !== "content-length"
    );
    if (lengthBytes !== null) headers.push(["content-length", `${lengthBytes}`]);
    const { method, redirect } = request;
    let answer;
    try {
      answer = await port.request({ method, url: url.href, headers, body, redirect }, signal);
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      throw failure(cause);
    }
    if (answer.status < 200 || answer.status > 599) {
      answer.body?.cancel().catch(() => {
        // Nobody reads it; whether it ends well is no matter.
      });
      throw failure(new Error(`the answer has the status ${answer.status}`));
    }
    return describe(
      new Response(answer.body === null ? null : readable(answer.body), {
        status: answer.status,
        statusText: /^[\t\x20-\x7e\x80-\xff]*$/.test(answer.statusText) ? answer.statusText : "",
        headers: new Headers(answer.headers.map(([name, value]) => [name, value])),
      }),
      { url: answer.url, redirected: answer.redirected },
    );
  };
}

function failure(cause: unknown): TypeError {
  const reason = cause instanceof Error ? cause.message : "the connection failed";
  return new TypeError(`fetch failed: ${reason}`, { cause });
}

/** The same bytes; failures become what a failed fetch gives. */
function readable(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        // What an abort left behind is passed on as it is; the rest is a network error.
        throw cause instanceof DOMException ? cause : failure(cause);
      });
      if (done) return controller.close();
      controller.enqueue(narrow(value));
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}

/** Only a view of shared memory has to be copied. */
function narrow(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  return buffer instanceof ArrayBuffer
    ? new Uint8Array(buffer, byteOffset, byteLength)
    : bytes.slice();
}

/** Gives `response`, and every clone of it, what only a real fetch can set. */
function describe(
  response: Response,
  facts: { readonly url: string; readonly redirected: boolean },
): Response {
  const clone = response.clone.bind(response);
  defineProperty(response, "url", { value: facts.url, configurable: true });
  defineProperty(response, "redirected", { value: facts.redirected, configurable: true });
  defineProperty(response, "type", { value: "basic", configurable: true });
  defineProperty(response, "clone", {
    value: () => describe(clone(), facts),
    configurable: true,
    writable: true,
  });
  return response;
}
