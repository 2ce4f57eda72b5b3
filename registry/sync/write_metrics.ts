import type { AnySql } from "../database/database.ts";

/** A number that was read of a package; `null` where there is none to be had. */
export interface Measured {
  readonly name: string;
  readonly count: number | null;
}

/** More than anything has, and within a column of whole numbers. */
const MAX_COUNT = 1_000_000_000;

/** Stores downloads of packages, and how popular their tools are by that. Without a number, the old one stays. */
export async function writeDownloads(tx: AnySql, measured: readonly Measured[]): Promise<void> {
  await tx`
    update package set downloads_week = coalesce(new.count, downloads_week), downloads_at = now()
    from jsonb_to_recordset(${tx.json(rowsOf(measured))})
      as new(name text, count integer)
    where package.source = 'npm' and package.name = new.name`;
  await updatePopularity(tx, measured);
}

/** Stores stars as {@linkcode writeDownloads} does downloads. */
export async function writeStars(tx: AnySql, measured: readonly Measured[]): Promise<void> {
  await tx`
    update package set stars = coalesce(new.count, stars), stars_at = now()
    from jsonb_to_recordset(${tx.json(rowsOf(measured))})
      as new(name text, count integer)
    where package.source = 'npm' and package.name = new.name`;
  await updatePopularity(tx, measured);
}

/** Only where it changes: lists are ordered by it, so each change costs its indexes. */
async function updatePopularity(tx: AnySql, measured: readonly Measured[]): Promise<void> {
  await tx`
    update tool set popularity = new.popularity
    from (
      select tool.id, popularity_of(
        package.downloads_week, package.stars,
        (select count(*) from tool_like where tool_like.tool_id = tool.id)
      ) as popularity
      from tool join package on package.id = tool.package_id
      where package.source = 'npm' and package.name = any(${measured.map(({ name }) => name)})
    ) as new
    where tool.id = new.id and tool.popularity is distinct from new.popularity`;
}

/** No larger than what popularity can be reckoned from. */
function rowsOf(measured: readonly Measured[]) {
  return measured.map(({ name, count }) => ({
    name,
    count: count === null ? null : Math.min(count, MAX_COUNT),
  }));
}
