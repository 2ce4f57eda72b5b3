import { timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { AnySql } from "../../registry/database/database.ts";
import { writeAudit } from "../audit/write_audit.ts";
import { hashToken, idOfToken } from "../keys/key_token.ts";
import { NOBODY } from "../oauth/redeem_code.ts";
import { DEVICE_SCOPE } from "./device_scope.ts";

const endedRow = z.object({ owner_id: z.string(), name: z.string() });

/** Ends a key that the caller of this is known to may end. Ending it twice changes nothing. */
export async function endKey(
  tx: AnySql,
  { id, since }: { readonly id: string; readonly since: string },
): Promise<void> {
  const [found] = await tx`
    update api_key set revoked_at = now() where id = ${id} and revoked_at is null
    returning owner_id, name`;
  if (found === undefined) return;
  const { owner_id: tenant, name } = endedRow.parse(found);
  await writeAudit(tx, NOBODY, {
    ...{ tenant, action: "key.revoked", subject: { kind: "key", id }, details: { name, since } },
  });
}

const keptRow = z.object({
  scopes: z.array(z.string()),
  secret_hash: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
});

/**
 * A machine gives up its key (RFC 7009). Keys that can do more than connect a bridge are not ended by
 * whoever holds them. @returns The id of the key that has ended.
 */
export async function surrenderKey(
  tx: AnySql,
  { token }: { readonly token: string },
): Promise<string | null> {
  const id = idOfToken(token);
  if (id === undefined) return null;
  const [found] = await tx`select scopes, secret_hash from api_key where id = ${id} for update`;
  if (found === undefined) return null;
  const { scopes, secret_hash } = keptRow.parse(found);
  if (!timingSafeEqual(hashToken(token), secret_hash)) return null;
  if (scopes.length !== 1 || scopes[0] !== DEVICE_SCOPE) return null;
  await endKey(tx, { id, since: "its machine logged out" });
  return id;
}
