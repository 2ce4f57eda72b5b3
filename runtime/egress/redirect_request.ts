import type { HeaderPairs } from "./request_headers.ts";

/** One hop of a request. */
export interface Hop {
  readonly method: string;
  readonly url: URL;
  readonly headers: HeaderPairs;
  readonly hasBody: boolean;
}

const BODY_HEADERS = /^content-(encoding|language|location|type|length)$/;
// The Fetch standard names Authorization only; the rest is how keys usually travel.
const CREDENTIALS =
  /^(authorization|cookie|proxy-authorization|(x-)?(api|auth|access)-?(key|token)|private-token)$/;

/** Whether `status` is one that names another place to ask. */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/**
 * The hop after a redirect, by the Fetch standard's HTTP-redirect fetch: method and body dropped
 * where it says so, credentials dropped when the origin changes. `null` where `location` leads to
 * no `http:` or `https:` URL, or to one with credentials in it.
 */
export function redirectedHop(
  hop: Hop,
  answer: { readonly status: number; readonly location: string },
): Hop | null {
  const url = URL.parse(answer.location, hop.url);
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  if (url.username !== "" || url.password !== "") return null;
  if (url.hash === "") url.hash = hop.url.hash;
  const becomesGet = answer.status === 303
    ? hop.method !== "GET" && hop.method !== "HEAD"
    : answer.status < 303 && hop.method === "POST";
  const crossesOrigin = url.origin !== hop.url.origin;
  return {
    method: becomesGet ? "GET" : hop.method,
    url,
    headers: hop.headers.filter(([name]) =>
      !(becomesGet && BODY_HEADERS.test(name)) && !(crossesOrigin && CREDENTIALS.test(name))
    ),
    hasBody: hop.hasBody && !becomesGet,
  };
}
