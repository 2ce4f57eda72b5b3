import type { AnySql } from "../../registry/database/database.ts";
import { newId } from "../../registry/database/new_id.ts";
import type { Caller } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";
import { type Actor, writeAudit } from "../audit/write_audit.ts";
import { notFound, requirePermission } from "../require_permission.ts";
import { visibleTo } from "../visible_to.ts";
import { lockRoom } from "../lock_room.ts";
import { takeDataKey } from "./data_keys.ts";
import type { MasterKeys } from "./master_keys.ts";
import { seal } from "./sealed_box.ts";
import {
  checkSecret,
  MAX_SECRETS_PER_ACCOUNT,
  sealPlaceOf,
  type SecretPlace,
  type SecretView,
  viewSecret,
} from "./secret_record.ts";

/** A secret to be kept with the caller's account, or with one of its collections. */
export interface SecretWish {
  readonly name: string;
  readonly value: string;
  readonly collectionId: string | null;
}

/**
 * Seals and keeps a secret of the caller's account, in place of one of that name. Whether a collection
 * is the caller's has to be asked before.
 * @throws {AirlockError} `permission_denied`, `invalid_input`, `payload_too_large`, `resource_limit`,
 * `precondition_failed`.
 */
export async function storeSecret(
  tx: AnySql,
  actor: Actor,
  { masterKeys, ...wish }: SecretWish & { readonly masterKeys: MasterKeys },
): Promise<SecretView> {
  const { tenant } = actor.caller;
  const { name, value, collectionId } = wish;
  requireWrite(actor.caller);
  checkSecret(name, value);
  const dataKey = await takeDataKey(tx, tenant, { masterKeys });
  await checkRoom(tx, { tenant, name, collectionId });
  const place = sealPlaceOf({ tenant, collectionId, name });
  const sealed = seal(new TextEncoder().encode(value), dataKey, { place });
  const [row] = await tx`
    insert into secret (id, owner_id, collection_id, name, sealed)
    values (${newId("sec")}, ${tenant}, ${collectionId}, ${name}, ${sealed})
    on conflict (owner_id, collection_id, name)
      do update set sealed = excluded.sealed, updated_at = now()
    returning id, name, collection_id, created_at, updated_at`;
  const secret = viewSecret(row);
  await writeAudit(tx, actor, {
    action: "secret.stored",
    subject: { kind: "secret", id: secret.id },
    details: { name, collectionId },
  });
  return secret;
}

/**
 * Forgets a secret of the caller's account.
 * @throws {AirlockError} `not_found` for secrets of others too, `permission_denied`.
 */
export async function removeSecret(
  tx: AnySql,
  actor: Actor,
  { id }: { readonly id: string },
): Promise<SecretView> {
  const [row] = await tx`
    select id, name, collection_id, created_at, updated_at from secret
    where id = ${id} and ${visibleTo(tx, actor.caller, "secret")} for update`;
  if (row === undefined) throw notFound("secret");
  requireWrite(actor.caller);
  const secret = viewSecret(row);
  await tx`delete from secret where id = ${id}`;
  await writeAudit(tx, actor, {
    action: "secret.removed",
    subject: { kind: "secret", id },
    details: { name: secret.name, collectionId: secret.collectionId },
  });
  return secret;
}

function requireWrite(caller: Caller): void {
  const { tenant } = caller;
  requirePermission(caller, "write", { kind: "secret", tenant, visibility: "private" });
}

/** One of the same name is replaced, and takes no other place. */
async function checkRoom(
  tx: AnySql,
  { tenant, name, collectionId }: SecretPlace & Pick<SecretWish, "name">,
): Promise<void> {
  await lockRoom(tx, "secret", { owner: [tenant] });
  const [found] = await tx<{ count: number }[]>`
    select count(*)::int as count from secret where owner_id = ${tenant}
      and not (name = ${name} and collection_id is not distinct from ${collectionId})`;
  if (found !== undefined && found.count < MAX_SECRETS_PER_ACCOUNT) return;
  throw new AirlockError(
    "resource_limit",
    `store secret: the account has ${MAX_SECRETS_PER_ACCOUNT} already`,
    { stage: "request", suggestion: "Remove secrets that are not used any more." },
  );
}
