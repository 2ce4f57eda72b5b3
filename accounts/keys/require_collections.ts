import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";
import { visibleTo } from "../visible_to.ts";

/**
 * Checks that a key is held to collections that there are, as far as the caller sees.
 * @throws {AirlockError} `not_found`.
 */
export async function requireCollections(
  sql: AnySql,
  caller: Caller,
  { ids }: { readonly ids: readonly string[] },
): Promise<void> {
  if (ids.length === 0) return;
  const rows = await sql<{ id: string }[]>`
    select id from collection
    where id = any(${[...ids]}::text[]) and ${visibleTo(sql, caller, "collection")}`;
  const found = new Set(rows.map(({ id }) => id));
  const missing = ids.find((id) => !found.has(id));
  if (missing === undefined) return;
  throw new AirlockError("not_found", "create key: there is no such collection", {
    stage: "request",
    suggestion: "Name collections by their ids, as /api/collections lists them.",
    details: { collection: missing },
  });
}
