import type { Accounts } from "../../accounts/accounts.ts";
import { type BridgeOwner, bridgeOwner } from "../../accounts/bridges/bridge_record.ts";
import type { Caller } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";

/**
 * Who has these credentials now, where the connection of `before` may go on with them: for bridges, and
 * of the same person. `null` where it may not.
 * @throws {AirlockError} where nobody can be asked.
 */
export async function callerOnLine(
  { authenticate }: Pick<Accounts, "authenticate">,
  { credentials, before }: { readonly credentials: Headers; readonly before: Caller },
): Promise<Caller | null> {
  try {
    const now = await authenticate(credentials);
    const isAllowed = now.scopes.has("bridge:connect") &&
      isSameOwner(bridgeOwner(now), bridgeOwner(before));
    return isAllowed ? now : null;
  } catch (error) {
    if (!(error instanceof AirlockError)) throw error;
    if (error.code !== "unauthenticated" && error.code !== "permission_denied") throw error;
    return null;
  }
}

/** Headers with that key; `null` where no header could hold it. */
export function bearer(apiKey: string): Headers | null {
  try {
    return new Headers({ authorization: `Bearer ${apiKey}` });
  } catch {
    // Then it is no key.
    return null;
  }
}

/** Whether two bridges are of the same person. */
export function isSameOwner(a: BridgeOwner, b: BridgeOwner): boolean {
  return a.tenant === b.tenant && a.userId === b.userId;
}
