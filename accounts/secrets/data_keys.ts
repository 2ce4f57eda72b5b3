import { z } from "zod";
import type { AnySql, Sql } from "../../registry/database/database.ts";
import { type Actor, writeAudit } from "../audit/write_audit.ts";
import type { MasterKeys, SealedDataKey } from "./master_keys.ts";
import { SEAL_KEY_BYTES } from "./sealed_box.ts";

const dataKeyRow = z.object({
  master_id: z.string(),
  sealed: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
}).transform((row): SealedDataKey => ({ masterId: row.master_id, sealed: row.sealed }));

/** The sealed key of an account; `null` where it has none yet. */
export async function readDataKey(sql: AnySql, tenant: string): Promise<SealedDataKey | null> {
  const [row] = await sql`
    select master_id, sealed from secret_data_key where owner_id = ${tenant}`;
  return row === undefined ? null : dataKeyRow.parse(row);
}

/** Opens the key of an account, and makes one where it has none. Two at once end with the same key. */
export async function takeDataKey(
  tx: AnySql,
  tenant: string,
  { masterKeys }: { readonly masterKeys: MasterKeys },
): Promise<Uint8Array> {
  const found = await readDataKey(tx, tenant);
  if (found !== null) return masterKeys.openDataKey(tenant, found);
  const random = crypto.getRandomValues(new Uint8Array(SEAL_KEY_BYTES));
  const fresh = masterKeys.sealDataKey(tenant, random);
  await tx`
    insert into secret_data_key (owner_id, master_id, sealed)
    values (${tenant}, ${fresh.masterId}, ${fresh.sealed}) on conflict (owner_id) do nothing`;
  return masterKeys.openDataKey(tenant, await readDataKey(tx, tenant) ?? fresh);
}

/** How many keys of accounts are sealed anew in one transaction. */
const BATCH = 100;

/**
 * Seals the keys of all accounts under the current master key. What they protect stays as it is. Can be
 * stopped at any time and run again.
 * @returns How many were sealed under another key before.
 */
export async function resealDataKeys(
  sql: Sql,
  masterKeys: MasterKeys,
  { actor }: { readonly actor: Actor },
): Promise<number> {
  let resealed = 0;
  for (;;) {
    const count = await sql.begin(async (tx) => {
      const sealed = await resealBatch(tx, masterKeys);
      if (sealed > 0) await noteResealing(tx, actor, { masterKeys, sealed });
      return sealed;
    });
    resealed += count;
    if (count < BATCH) return resealed;
  }
}

/** How many accounts have a key that none of the configured master keys opens. */
export async function countLockedOut(sql: AnySql, masterKeys: MasterKeys): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from secret_data_key
    where not master_id = any(${masterKeys.ids}::text[])`;
  return row?.count ?? 0;
}

async function noteResealing(
  tx: AnySql,
  actor: Actor,
  { masterKeys, sealed }: { readonly masterKeys: MasterKeys; readonly sealed: number },
): Promise<void> {
  await writeAudit(tx, actor, {
    action: "master_key.rotated",
    subject: { kind: "master_key", id: masterKeys.currentId },
    details: { sealed },
  });
}

async function resealBatch(tx: AnySql, masterKeys: MasterKeys): Promise<number> {
  const rows = await tx<{ owner_id: string }[]>`
    select owner_id, master_id, sealed from secret_data_key
    where master_id <> ${masterKeys.currentId}
    order by owner_id limit ${BATCH} for update`;
  for (const row of rows) {
    const tenant = row.owner_id;
    const key = masterKeys.openDataKey(tenant, dataKeyRow.parse(row));
    const { masterId, sealed } = masterKeys.sealDataKey(tenant, key);
    await tx`
      update secret_data_key
      set master_id = ${masterId}, sealed = ${sealed}, resealed_at = now()
      where owner_id = ${tenant}`;
  }
  return rows.length;
}
