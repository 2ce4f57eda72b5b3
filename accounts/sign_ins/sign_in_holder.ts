import type { Caller } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { AnySql } from "../../registry/database/database.ts";
import { takeDataKey } from "../secrets/data_keys.ts";
import type { MasterKeys, SealedDataKey } from "../secrets/master_keys.ts";
import { seal, unseal } from "../secrets/sealed_box.ts";

/** Who holds a sign-in: one person of one account, at one server. */
export interface SignInHolder {
  readonly serverId: string;
  readonly tenant: string;
  readonly person: string;
}

/** What is sealed for a holder: each opens as what it is only. */
export type SignInPart = "begun" | "tokens";

/**
 * The person that a caller is at other servers: a user, also by a key of theirs, or whoever has the
 * installation.
 * @throws {AirlockError} `unauthenticated` for nobody that is known.
 */
export function personOf({ kind, userId, tenant }: Caller): string {
  if (kind !== "anonymous") return userId === null ? `account ${tenant}` : personOfUser(userId);
  throw new AirlockError("unauthenticated", "sign in to MCP server: nobody knows who you are", {
    stage: "request",
    suggestion: "Sign in to the gateway first, or send a key.",
  });
}

/** The person that a user is. */
export function personOfUser(userId: string): string {
  return `user ${userId}`;
}

/** Seals what one holder alone may use. @throws {AirlockError} `precondition_failed`. */
export async function sealFor(
  tx: AnySql,
  value: object,
  { part, masterKeys, ...holder }: SignInHolder & {
    readonly part: SignInPart;
    readonly masterKeys: MasterKeys;
  },
): Promise<Uint8Array> {
  const key = await takeDataKey(tx, holder.tenant, { masterKeys });
  try {
    const plain = new TextEncoder().encode(JSON.stringify(value));
    return seal(plain, key, { place: placeOf(part, holder) });
  } finally {
    key.fill(0);
  }
}

/** Opens it. @throws {AirlockError} `internal` where it is another's, `precondition_failed`. */
export function openFor(
  sealed: Uint8Array,
  { part, masterKeys, dataKey, ...holder }: SignInHolder & {
    readonly part: SignInPart;
    readonly masterKeys: MasterKeys;
    /** Of the holder's account. */
    readonly dataKey: SealedDataKey;
  },
): unknown {
  const key = masterKeys.openDataKey(holder.tenant, dataKey);
  try {
    const plain = unseal(sealed, key, { place: placeOf(part, holder) });
    return JSON.parse(new TextDecoder().decode(plain));
  } finally {
    key.fill(0);
  }
}

function placeOf(part: SignInPart, { serverId, tenant, person }: SignInHolder): string[] {
  return ["mcp sign-in", part, tenant, serverId, person];
}
