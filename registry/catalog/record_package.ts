import type { TransactionSql } from "postgres";
import type { Sql } from "../database/database.ts";
import { newId } from "../database/new_id.ts";
import { noteVersion } from "../pins/note_version.ts";
import { isNewerVersion } from "./is_newer_version.ts";
import type { PackageEntry } from "./package_entry.ts";
import { recordTools } from "./record_tools.ts";
import { retryCollision } from "./retry_collision.ts";

/** What {@linkcode recordPackage} stored. */
export interface RecordedPackage {
  readonly packageId: string;
  readonly versionId: string;
  /** Whether the tools of the package are this version's now; those of an older one are not. */
  readonly isLatest: boolean;
}

/**
 * Stores what is known of a package version: the package, the version, and, where it is the newest,
 * its tools. Tools that the newest version no longer has are marked as removed and come back, under
 * the same id and slug, when a later one has them. Storing the same again changes nothing.
 * Where they are pinned to another state, this one waits for a decision.
 *
 * Owner and visibility are decided when a package is first stored.
 */
export async function recordPackage(sql: Sql, entry: PackageEntry): Promise<RecordedPackage> {
  return await retryCollision(async () => await sql.begin((tx) => record(tx, entry)));
}

async function record(tx: TransactionSql, entry: PackageEntry): Promise<RecordedPackage> {
  const { source, packageName, version } = entry.manifest.resolved;
  // Also locks the row, so that versions of one package are stored one after the other.
  const [owning] = await tx<{ id: string; latest_version: string | null }[]>`
    insert into package (id, source, name, owner_id, visibility)
    values (${newId("pkg")}, ${source}, ${packageName}, ${entry.ownerId}, ${entry.visibility})
    on conflict (source, name) do update set updated_at = now()
    returning id, latest_version`;
  const packageId = owning!.id;
  const versionId = await recordVersion(tx, packageId, entry);
  const isLatest = entry.isLatest ?? isNewerVersion(version, owning!.latest_version);
  if (!isLatest) return { packageId, versionId, isLatest };
  await tx`
    update package set
      latest_version = ${version},
      description = ${entry.manifest.description},
      category = ${entry.manifest.category},
      keywords = ${[...entry.keywords ?? []]}
    where id = ${packageId}`;
  await recordTools(tx, [{ entry, packageId, versionId }]);
  // Where tools of it are pinned to another state, somebody has to decide on this one.
  if (entry.lock !== undefined) await noteVersion(tx, { ...entry, lock: entry.lock });
  return { packageId, versionId, isLatest };
}

async function recordVersion(
  tx: TransactionSql,
  packageId: string,
  { manifest, digest, lock, publishedAt }: PackageEntry,
): Promise<string> {
  const { version, integrity } = manifest.resolved;
  const [row] = await tx<{ id: string }[]>`
    insert into package_version
      (id, package_id, version, integrity, artifact_digest, lock, manifest, published_at)
    values (
      ${newId("ver")}, ${packageId}, ${version}, ${integrity ?? null}, ${digest},
      ${lock === undefined ? null : jsonb(tx, lock)}, ${jsonb(tx, manifest)},
      ${publishedAt ?? null}
    )
    on conflict (package_id, version) do update set
      artifact_digest = excluded.artifact_digest,
      integrity = coalesce(excluded.integrity, package_version.integrity),
      lock = coalesce(excluded.lock, package_version.lock),
      manifest = excluded.manifest,
      published_at = coalesce(excluded.published_at, package_version.published_at),
      state = 'ready'
    returning id`;
  return row!.id;
}

/** Interfaces have no index signature, so the driver's type for JSON does not take them as they are. */
function jsonb(tx: TransactionSql, value: object) {
  return tx.json({ ...value });
}
