import type { AnySql } from "../../registry/database/database.ts";

/** Writes when keys were last used, in one statement. Earlier times never replace later ones. */
export async function writeKeyUses(
  sql: AnySql,
  uses: ReadonlyMap<string, Date>,
): Promise<void> {
  const times = [...uses.values()].map((time) => time.toISOString());
  await sql`
    update api_key set last_used_at = greatest(api_key.last_used_at, used.at)
    from (select unnest(${[...uses.keys()]}::text[]) as id,
      unnest(${times}::timestamptz[]) as at) as used
    where api_key.id = used.id`;
}
