import type { AnySql } from "../database/database.ts";

/**
 * The account that a package belongs to; `null` for those of public registries, and for none. Nobody
 * else changes or removes the package before the transaction ends.
 */
export async function lockOwner(tx: AnySql, packageId: string): Promise<string | null> {
  const [row] = await tx<{ owner_id: string | null }[]>`
    select owner_id from package where id = ${packageId} for update`;
  return row?.owner_id ?? null;
}
