import type { McpPart } from "../server/mcp_part.ts";
import { ownerOf } from "./owner_of.ts";

/** Header by which clients name their session. */
export const SESSION_HEADER = "mcp-session-id";

/** Which session of which caller. Session ids are random, and of no use to another caller. */
export interface SessionKey {
  readonly owner: string;
  readonly sessionId: string;
}

/** The session that a request names, as one of its caller's; `undefined` where it names none. */
export function keyOf({ headers }: Request, { audience }: McpPart): SessionKey | undefined {
  const sessionId = headers.get(SESSION_HEADER);
  const isId = sessionId !== null && /^[\x21-\x7e]{1,128}$/.test(sessionId);
  return isId ? { owner: ownerOf(audience.caller), sessionId } : undefined;
}

/** Names a client's connection or session to a part. */
export function connectionOf({ audience }: McpPart, key: SessionKey | undefined): string {
  return JSON.stringify([audience.collectionId, key?.sessionId ?? null]);
}
