import { isResourceUri } from "../upstream/listed_offer.ts";

/** Scheme of the URIs that clients are given. */
const SCHEME = "airlock:";

/** A resource, and whose it is. */
export interface OwnedUri {
  readonly serverId: string;
  /** As the server calls it. */
  readonly uri: string;
}

/**
 * A server's URI, or template of URIs, as clients are given it: `airlock:srv_…/file:///a`. Ids of
 * servers hold no `/`, so that everything after the first one is the server's own, letter by letter; and
 * no id is ever given twice. See decision 0027.
 */
export function sharedUri({ serverId, uri }: OwnedUri): string {
  return `${SCHEME}${serverId}/${uri}`;
}

/** What {@linkcode sharedUri} made; `null` of any other text. */
export function readSharedUri(text: string): OwnedUri | null {
  const slash = text.indexOf("/");
  if (!text.startsWith(SCHEME) || slash === -1) return null;
  const serverId = text.slice(SCHEME.length, slash);
  const uri = text.slice(slash + 1);
  return /^[\w-]{1,64}$/.test(serverId) && isResourceUri(uri) ? { serverId, uri } : null;
}
