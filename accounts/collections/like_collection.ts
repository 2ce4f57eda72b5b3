import type { AnySql } from "../../registry/database/database.ts";
import type { Actor } from "../audit/write_audit.ts";
import { findCollection } from "./find_collection.ts";

/**
 * Likes a collection that the caller may see, or no longer. Doing it twice changes nothing.
 * @returns how many like it now.
 * @throws {AirlockError} `not_found`, `permission_denied`.
 */
export async function likeCollection(
  tx: AnySql,
  { caller }: Pick<Actor, "caller">,
  { id, likes }: { readonly id: string; readonly likes: boolean },
): Promise<number> {
  const collection = await findCollection(tx, caller, { name: id });
  const { count } = likes
    ? await tx`
      insert into collection_like (collection_id, owner_id)
      values (${collection.id}, ${caller.tenant}) on conflict do nothing`
    : await tx`
      delete from collection_like
      where collection_id = ${collection.id} and owner_id = ${caller.tenant}`;
  const [row] = await tx<{ likes: number }[]>`
    update collection set likes = likes + ${likes ? count : -count}
    where id = ${collection.id} returning likes`;
  return row?.likes ?? collection.likes;
}
