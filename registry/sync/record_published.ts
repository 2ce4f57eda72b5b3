import type { TransactionSql } from "postgres";
import { isNewerVersion } from "../catalog/is_newer_version.ts";
import type { ToolsEntry } from "../catalog/package_entry.ts";
import { type LatestVersion, recordTools } from "../catalog/record_tools.ts";
import type { AnySql } from "../database/database.ts";
import { newId } from "../database/new_id.ts";
import type { PublishedPackage } from "./published_package.ts";

interface PackageRow {
  readonly id: string;
  readonly name: string;
  readonly owner_id: string | null;
  readonly latest_version: string | null;
  readonly registry_modified_at: Date | null;
  /** Whether the tools that are there were seen in code. */
  readonly is_described: boolean;
  readonly has_tools: boolean;
}

interface VersionRow {
  readonly id: string;
  readonly package_id: string;
  readonly is_new: boolean;
  /** What was seen in its code; `null` until somebody looked. */
  readonly manifest: ToolsEntry["manifest"] | null;
}

interface Known {
  readonly published: PublishedPackage;
  readonly row: PackageRow;
}

/**
 * Stores what a registry tells of the newest version of each package, without its code. Tools that
 * were seen in the code of an older version stay until somebody has seen those of the new one, unless
 * the older one was withdrawn. A package may be there once.
 * @returns How many of the versions were not known before.
 */
export async function recordPublished(
  tx: TransactionSql,
  packages: readonly PublishedPackage[],
): Promise<number> {
  const rows = await lockPackages(tx, packages);
  const known = packages.flatMap((published): Known[] => {
    const row = rows.get(published.name);
    return row === undefined || row.owner_id !== null || isLate(published, row)
      ? []
      : [{ published, row }];
  });
  const versions = await recordVersions(tx, known);
  const latest = known.flatMap(({ published, row }): LatestVersion[] => {
    const version = versions.get(row.id)!;
    if (!takesOver(published, { row, isDescribed: version.manifest !== null })) return [];
    const manifest = version.manifest ?? manifestOf(published);
    const entry = { visibility: "public", keywords: published.keywords, manifest } as const;
    return [{ entry, packageId: row.id, versionId: version.id }];
  });
  await moveLatest(tx, latest);
  await recordTools(tx, latest);
  return [...versions.values()].filter(({ is_new: isNew }) => isNew).length;
}

/** Marks the tools of packages as gone, as their registry no longer has them. */
export async function withdrawPackages(tx: AnySql, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await tx`
    update tool set removed_at = now(), updated_at = now()
    from package
    where package.id = tool.package_id and package.source = 'npm'
      and package.name = any(${[...names]})
      and package.owner_id is null and tool.removed_at is null`;
}

/** Rows in the order of names, so that two that store at once seldom wait for each other. */
async function lockPackages(
  tx: TransactionSql,
  packages: readonly PublishedPackage[],
): Promise<Map<string, PackageRow>> {
  const values = packages.map(({ name, repository, modifiedAt }) => ({
    ...{ id: newId("pkg"), name, repository },
    modified: modifiedAt?.toISOString() ?? null,
  }));
  const rows = await tx<PackageRow[]>`
    insert into package (id, source, name, repository, registry_modified_at)
    select id, 'npm', name, repository, modified
    from jsonb_to_recordset(${tx.json(values)})
      as new(id text, name text, repository text, modified timestamptz)
    order by name
    on conflict (source, name) do update set
      updated_at = now(),
      repository = case
        when excluded.registry_modified_at < package.registry_modified_at then package.repository
        else excluded.repository
      end,
      registry_modified_at =
        greatest(package.registry_modified_at, excluded.registry_modified_at)
    returning id, name, owner_id, latest_version, registry_modified_at,
      exists (
        select from package_version
        where package_id = package.id and version = latest_version and manifest is not null
      ) as is_described,
      exists (select from tool where package_id = package.id and removed_at is null) as has_tools`;
  return new Map(rows.map((row) => [row.name, row]));
}

/** Whether the registry has said something newer before. */
function isLate({ modifiedAt }: PublishedPackage, row: PackageRow): boolean {
  return modifiedAt !== null && row.registry_modified_at !== null &&
    modifiedAt < row.registry_modified_at;
}

/** By package. */
async function recordVersions(
  tx: TransactionSql,
  known: readonly Known[],
): Promise<Map<string, VersionRow>> {
  const values = known.map(({ published, row }) => ({
    ...{ id: newId("ver"), package_id: row.id },
    ...{ version: published.version, integrity: published.integrity },
    published: published.publishedAt?.toISOString() ?? null,
  }));
  const rows = await tx<VersionRow[]>`
    insert into package_version (id, package_id, version, integrity, state, published_at)
    select id, package_id, version, integrity, 'building', published
    from jsonb_to_recordset(${tx.json(values)})
      as new(id text, package_id text, version text, integrity text, published timestamptz)
    on conflict (package_id, version) do update set
      integrity = coalesce(package_version.integrity, excluded.integrity),
      published_at = coalesce(package_version.published_at, excluded.published_at)
    returning id, package_id, xmax = 0 as is_new, manifest`;
  return new Map(rows.map((row) => [row.package_id, row]));
}

/** Whether the tools of the package become those of this version. */
function takesOver(
  { version, versions, modifiedAt, declared }: PublishedPackage,
  { row, isDescribed }: { readonly row: PackageRow; readonly isDescribed: boolean },
): boolean {
  const current = row.latest_version;
  // Known as it is, unless it was gone in between.
  if (version === current) return !row.has_tools;
  const isWithdrawn = current !== null && versions !== null && !versions.has(current);
  if (isWithdrawn) return true;
  // Without a clock, what goes back is taken for what arrives late.
  if (modifiedAt === null && !isNewerVersion(version, current)) return false;
  if (isDescribed) return true;
  if (row.is_described) return false;
  // Which tools it has is not told, so those of before are the best there is.
  return declared.tools.length > 0 || !row.has_tools;
}

async function moveLatest(tx: AnySql, latest: readonly LatestVersion[]): Promise<void> {
  const values = latest.map(({ packageId: id, entry: { manifest, keywords = [] } }) => ({
    ...{ id, version: manifest.resolved.version, keywords: [...keywords] },
    ...{ description: manifest.description, category: manifest.category },
  }));
  await tx`
    update package set
      latest_version = new.version, description = new.description, category = new.category,
      keywords = new.keywords
    from jsonb_to_recordset(${tx.json(values)})
      as new(id text, version text, description text, category text, keywords text[])
    where package.id = new.id`;
}

function manifestOf(
  { name, version, description, declared }: PublishedPackage,
): ToolsEntry["manifest"] {
  const resolved = { source: "npm", packageName: name, version } as const;
  return { resolved, description, ...declared, runtimes: [] };
}
