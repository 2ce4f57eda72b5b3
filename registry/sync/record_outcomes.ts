import type { TransactionSql } from "postgres";
import type { AnySql } from "../database/database.ts";
import type { Outcome } from "./candidate.ts";
import type { PublishedPackage } from "./published_package.ts";
import { recordPublished, withdrawPackages } from "./record_published.ts";
import type { SyncCounts } from "./sync_job.ts";

/** Attempts after which a package that cannot be read is left alone until it changes. */
const MAX_ATTEMPTS = 8;

/** Packages whose data the database refuses, and versions that were not known before. */
interface Stored {
  readonly recorded: number;
  readonly refused: number;
}

/** Stores what was read, and what could not be read for another time. */
export async function recordOutcomes(
  tx: TransactionSql,
  outcomes: readonly Outcome[],
): Promise<SyncCounts> {
  const published = outcomes.flatMap((one) => one.kind === "published" ? [one.published] : []);
  const { recorded, refused } = await storeAll(tx, published);
  await withdrawPackages(tx, namesOf(outcomes.filter(({ kind }) => kind === "gone")));
  const failed = outcomes.filter((one) => one.kind === "failed");
  for (const { name, problem } of failed) await putOff(tx, name, problem);
  const settled = namesOf(outcomes.filter(({ kind }) => kind !== "failed"));
  await tx`delete from sync_retry where name = any(${settled})`;
  await noteChecked(tx, outcomes);
  return { seen: outcomes.length, recorded, failed: failed.length + refused };
}

/** All at once; where the database refuses something, one by one, so that it costs only itself. */
async function storeAll(
  tx: TransactionSql,
  published: readonly PublishedPackage[],
): Promise<Stored> {
  if (published.length === 0) return { recorded: 0, refused: 0 };
  try {
    const recorded = await tx.savepoint((alone) => recordPublished(alone, published));
    return { recorded, refused: 0 };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (published.length === 1) return { recorded: 0, refused: 1 };
  }
  let [recorded, refused] = [0, 0];
  for (const one of published) {
    const stored = await storeAll(tx, [one]);
    recorded += stored.recorded;
    refused += stored.refused;
  }
  return { recorded, refused };
}

/** Classes of errors that are about the data: a value that is out of bounds, too long, or not allowed. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    /^(?:22|54|23514|21000)/.test(String(error.code));
}

/** Later and later, then no more. */
async function putOff(tx: AnySql, name: string, problem: string): Promise<void> {
  await tx`
    insert into sync_retry (name, attempts, next_at, problem)
    values (${name}, 1, now() + interval '5 minutes', ${problem})
    on conflict (name) do update set
      attempts = sync_retry.attempts + 1, problem = excluded.problem,
      next_at = now() + interval '5 minutes' * 2 ^ least(sync_retry.attempts, 10)`;
  await tx`delete from sync_retry where name = ${name} and attempts >= ${MAX_ATTEMPTS}`;
}

/** For watched packages: when they were asked for, and what the answer is known by. */
async function noteChecked(tx: AnySql, outcomes: readonly Outcome[]): Promise<void> {
  const rows = outcomes.flatMap((one) => {
    const { name, kind } = one;
    if (kind === "failed" || kind === "unwanted") return [];
    return [{ name, isRead: kind !== "unchanged", etag: kind === "published" ? one.etag : null }];
  });
  await tx`
    update watched_package set
      checked_at = now(),
      etag = case when read."isRead" then read.etag else watched_package.etag end
    from jsonb_to_recordset(${tx.json(rows)}) as read(name text, "isRead" boolean, etag text)
    where watched_package.name = read.name`;
}

function namesOf(outcomes: readonly Outcome[]): string[] {
  return outcomes.map(({ name }) => name);
}
