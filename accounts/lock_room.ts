import type { AnySql } from "../registry/database/database.ts";

/** What an account has a bounded number of. */
export type Counted = "agent" | "api key" | "bridge" | "collection" | "secret";

/**
 * Waits until nobody else counts what an owner has of something, and keeps others waiting until the
 * transaction ends: a count would be of a moment ago otherwise, and two could take the last place.
 * @param options.owner Whose places are counted: a tenant, and whatever else tells owners apart.
 */
export async function lockRoom(
  tx: AnySql,
  what: Counted,
  { owner }: { readonly owner: readonly string[] },
): Promise<void> {
  const key = [what, ...owner].join(" ");
  await tx`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`;
}
