/** Where older bridges come in, which send their key in the address. */
export const BRIDGE_PATH = "/api/bridge";

/**
 * Headers that say who sends a request to {@linkcode BRIDGE_PATH}: a key of the query counts where no header has
 * one. Addresses are written down in many places, so nothing of ours does that with this one's query.
 */
export function withQueryToken(request: Request): Headers {
  const { headers } = request;
  if (headers.has("authorization") || headers.has("x-api-key")) return headers;
  const token = new URL(request.url).searchParams.get("token");
  if (token === null) return headers;
  const more = new Headers(headers);
  try {
    more.set("authorization", `Bearer ${token}`);
  } catch {
    // No header could hold it, so it is no key: refused as one that is wrong.
    more.set("authorization", "Bearer");
  }
  return more;
}
