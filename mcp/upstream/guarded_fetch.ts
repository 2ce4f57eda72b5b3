import type { EgressCall } from "../../runtime/egress/egress_call.ts";
import type { NetGrant } from "../../spec/permissions.ts";
import { passAnswer } from "./pass_answer.ts";
import { refusedPlace } from "./upstream_errors.ts";

/** A way out for requests to one server. Whoever made it closes it. */
export interface GuardedFetch extends Disposable {
  readonly fetch: (input: string | URL, init?: RequestInit) => Promise<Response>;
}

/** What {@linkcode createGuardedFetch} is made with. */
export interface GuardedFetchOptions {
  /** A way out that resolves, checks and pins every address, each redirect's too. */
  readonly openEgress: (grant: NetGrant, signal: AbortSignal) => EgressCall;
  /** Sent with each request: credentials of the server's owner or of the caller. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Requests after which a way out is replaced: it keeps a record of each, and the addresses it found. */
const REQUESTS_PER_WAY = 200;

/** Longest use of the addresses that a name had. */
const WAY_MS = 300_000;

/** What the protocol itself sends. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  ...["accept", "content-type", "last-event-id", "cache-control"],
  ...["mcp-session-id", "mcp-protocol-version", "mcp-method", "mcp-name"],
]);

interface Way {
  readonly egress: EgressCall;
  readonly openedMs: number;
  requests: number;
  running: number;
}

/**
 * A `fetch` that reaches the origin of `url` and nothing else, over addresses that were checked. No
 * redirect is followed here: where one leads is told, and asked for again as a request of its own.
 */
export function createGuardedFetch(url: URL, options: GuardedFetchOptions): GuardedFetch {
  const closing = new AbortController();
  const ways = new Set<Way>();
  let current: Way | undefined;

  function takeWay(): Way {
    const nowMs = performance.now();
    const isWorn = current === undefined || current.requests >= REQUESTS_PER_WAY ||
      nowMs - current.openedMs > WAY_MS;
    if (current === undefined || isWorn) {
      const before = current;
      const egress = options.openEgress([grantOf(url)], closing.signal);
      current = { egress, openedMs: nowMs, requests: 0, running: 0 };
      ways.add(current);
      if (before?.running === 0) close(before);
    }
    current.requests++;
    current.running++;
    return current;
  }

  function close(way: Way): void {
    ways.delete(way);
    way.egress.close();
  }

  function leave(way: Way): void {
    way.running--;
    if (way.running === 0 && way !== current) close(way);
  }

  return {
    async fetch(input, init = {}) {
      const wanted = new URL(input, url);
      if (wanted.origin !== url.origin) {
        throw refusedPlace("it asks for another origin", "Ask whoever runs it.");
      }
      const body = bytesOf(init.body);
      const way = takeWay();
      let hasLeft = false;
      const left = () => {
        if (!hasLeft) leave(way);
        hasLeft = true;
      };
      try {
        const response = await way.egress.exchange({
          method: init.method ?? "GET",
          url: wanted.href,
          headers: headersOf(init.headers, { credentials: options.headers, body }),
          body,
          redirect: "manual",
          // Closing ends all that is under way by itself.
        }, init.signal ?? closing.signal);
        return await passAnswer(response, {
          method: init.method ?? "GET",
          onEnd: left,
        });
      } catch (error) {
        left();
        throw error;
      }
    },
    [Symbol.dispose]() {
      closing.abort(new DOMException("the connection was closed", "AbortError"));
      for (const way of [...ways]) close(way);
    },
  };
}

/** Own headers of the protocol, and the credentials: nothing else goes out, whoever put it there. */
function headersOf(
  wanted: RequestInit["headers"],
  { credentials, body }: {
    readonly credentials: Readonly<Record<string, string>>;
    readonly body: Uint8Array | null;
  },
): [string, string][] {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(credentials)) headers.set(name.toLowerCase(), value);
  for (const [name, value] of wanted instanceof Headers ? wanted : new Headers(wanted)) {
    if (OWN_HEADERS.has(name) || name.startsWith("mcp-param-")) headers.set(name, value);
  }
  // Without it the body would go out in chunks of its own.
  if (body !== null) headers.set("content-length", String(body.byteLength));
  return [...headers];
}

/** Messages are text. */
function bytesOf(body: RequestInit["body"]): Uint8Array | null {
  if (body === undefined || body === null) return null;
  if (typeof body !== "string") throw new TypeError("send message: its body is not text");
  return new TextEncoder().encode(body);
}

function grantOf(url: URL): string {
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  return `${url.hostname}:${port}`;
}
