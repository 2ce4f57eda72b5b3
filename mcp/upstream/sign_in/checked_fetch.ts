import { checkPlace } from "../check_place.ts";
import type { ConnectTools } from "../connect_upstream.ts";
import { beyond, refusedPlace } from "../upstream_errors.ts";

/** Asks an address that somebody else named. */
export type CheckedFetch = (input: string | URL, init?: RequestInit) => Promise<Response>;

/** Longest time of one request, and the most that is read of its answer. */
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 256 * 1024;

/** What goes out beside a body. */
const SENT: ReadonlySet<string> = new Set([
  ...["accept", "content-type", "authorization", "mcp-protocol-version"],
]);

/**
 * A `fetch` for what an authorisation server says of itself, and for tokens: each address is checked as
 * that of a server is, none is followed to another, and answers are bounded.
 */
export function createCheckedFetch(
  tools: Pick<ConnectTools, "openEgress" | "allowance">,
): CheckedFetch {
  return async (input, init = {}) => {
    const url = new URL(input);
    const place = { kind: "url", url: url.href, transport: null, headers: {} } as const;
    checkPlace(place, { ...tools, commands: [] });
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
    const egress = tools.openEgress([`${url.hostname}:${port}`], signal);
    try {
      const { status, headers, body } = await egress.request({
        ...{ method: init.method ?? "GET", url: url.href, redirect: "manual" },
        headers: [...new Headers(init.headers)].filter(([name]) => SENT.has(name)),
        body: bodyOf(init.body),
      }, signal);
      const answered = new Headers(headers.map(([name, value]) => [name, value]));
      return new Response(body && await whole(body), { status, headers: answered });
    } finally {
      egress.close();
    }
  };
}

function bodyOf(body: RequestInit["body"]): ReadableStream<Uint8Array> | null {
  if (body === undefined || body === null) return null;
  if (typeof body !== "string" && !(body instanceof URLSearchParams)) {
    throw refusedPlace("what it should be sent is not text", "Report this.");
  }
  return new Blob([String(body)]).stream();
}

async function whole(body: ReadableStream<Uint8Array>): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.byteLength;
    if (bytes > MAX_BYTES) throw beyond("messageBytes", MAX_BYTES);
    parts.push(Uint8Array.from(part));
  }
  return new Blob(parts);
}
