import type { Caller } from "../../spec/account.ts";

/** Names whoever calls, so that nobody else's sessions are theirs. */
export function ownerOf({ kind, tenant, keyId, userId }: Caller): string {
  return JSON.stringify([kind, tenant, keyId, userId]);
}
