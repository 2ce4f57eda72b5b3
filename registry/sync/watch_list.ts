import { AirlockError } from "../../spec/errors.ts";
import type { AnySql } from "../database/database.ts";
import { isPackageName } from "../npm/package_name.ts";

/** A package that is followed whatever its registry offers for it. */
export interface WatchedPackage {
  readonly name: string;
  readonly addedAt: string;
  /** When its registry was asked last; `null` before the first time. */
  readonly checkedAt: string | null;
}

/** Everybody's together. */
const MAX_WATCHED = 100_000;

/**
 * Has a package of npm's registry be followed: new versions of it are found with or without a search
 * and a changes feed there. Watching what is watched changes nothing.
 * @throws {AirlockError} `invalid_input` for what is no name, `resource_limit` for too many.
 */
export async function watchPackage(sql: AnySql, name: string): Promise<void> {
  if (!isPackageName(name)) {
    throw new AirlockError("invalid_input", "watch package: not an npm package name", {
      stage: "request",
      suggestion: "Give a name such as name or @scope/name, without a version.",
    });
  }
  const added = await sql`
    insert into watched_package (name)
    select ${name} where (select count(*) from watched_package) < ${MAX_WATCHED}
      or exists (select from watched_package where name = ${name})
    on conflict (name) do update set name = excluded.name`;
  if (added.count > 0) return;
  throw new AirlockError("resource_limit", `watch package: ${MAX_WATCHED} are watched already`, {
    stage: "request",
    suggestion: "Stop watching some of them.",
    details: { limit: "watched packages", allowed: MAX_WATCHED },
  });
}

/** Stops following a package. What is known of it stays. @returns Whether it was watched. */
export async function unwatchPackage(sql: AnySql, name: string): Promise<boolean> {
  return (await sql`delete from watched_package where name = ${name}`).count > 0;
}

/** Watched packages by name, those after `after`. */
export async function listWatched(
  sql: AnySql,
  { limit, after = "" }: { readonly limit: number; readonly after?: string },
): Promise<WatchedPackage[]> {
  const rows = await sql<{ name: string; added_at: Date; checked_at: Date | null }[]>`
    select name, added_at, checked_at from watched_package
    where name > ${after} order by name limit ${limit}`;
  return rows.map((row) => ({
    name: row.name,
    addedAt: row.added_at.toISOString(),
    checkedAt: row.checked_at?.toISOString() ?? null,
  }));
}
