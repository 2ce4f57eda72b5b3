import type { JsonValue } from "../../spec/json.ts";
import type { AnySql } from "../database/database.ts";
import { isPackageName } from "../npm/package_name.ts";
import type { Candidate } from "./candidate.ts";
import { readCandidates } from "./read_candidates.ts";
import { recordOutcomes } from "./record_outcomes.ts";
import type { RegistryReader } from "./registry_reader.ts";
import type { SyncRun } from "./sync_job.ts";
import type { SyncLimits } from "./sync_limits.ts";

/** What packages are read with. */
export interface RecordTools {
  readonly reader: RegistryReader;
  readonly limits: SyncLimits;
}

/** A part of the way: packages, and where the run is once they are stored. */
export interface NamesStep {
  readonly candidates: readonly Candidate[];
  readonly position: JsonValue;
  /** Things looked at that are no candidates. */
  readonly passedBy?: number;
  /** Whether somebody asked for these by name: also those of a registry that is somebody's alone. */
  readonly isAsked?: boolean;
}

/**
 * Reads the packages, and stores what is new of them together with the position. Names that are none,
 * or of a registry that is somebody's alone, are passed by; of a name that is there twice, one is read.
 */
export async function recordNames(
  run: SyncRun,
  { candidates, position, passedBy = 0, isAsked = false }: NamesStep,
  { reader, limits: { concurrency } }: RecordTools,
): Promise<void> {
  const named = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const { name } = candidate;
    if (!isPackageName(name) || !(isAsked || reader.isShared(name))) continue;
    named.set(name, candidate);
  }
  const known = await knownNames(run.sql, [...named.keys()]);
  const asked = [...named.values()].map((candidate): Candidate =>
    known.has(candidate.name) ? { ...candidate, standing: "wanted" } : candidate
  );
  const outcomes = await readCandidates(asked, { reader, concurrency, signal: run.signal });
  await run.commit(position, async (tx) => {
    const counts = await recordOutcomes(tx, outcomes);
    return { ...counts, seen: candidates.length + passedBy };
  });
}

/** Which of the names are in the catalog, or watched. */
async function knownNames(sql: AnySql, names: readonly string[]): Promise<Set<string>> {
  if (names.length === 0) return new Set();
  const rows = await sql<{ name: string }[]>`
    select name from package where source = 'npm' and name = any(${[...names]})
    union select name from watched_package where name = any(${[...names]})`;
  return new Set(rows.map(({ name }) => name));
}
