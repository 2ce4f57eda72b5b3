import type { PackageDescription } from "../../spec/description.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { JsonValue } from "../../spec/json.ts";
import { recordPackage } from "../catalog/record_package.ts";
import type { Sql } from "../database/database.ts";
import { NO_COUNTS, type RunJob, type SyncRun } from "./sync_job.ts";

/** Options of {@linkcode probePackages}. */
export interface ProbePackagesOptions {
  /** Builds a version and looks into it, in a sandbox. */
  readonly describe: (
    wanted: { readonly packageName: string; readonly version: string },
    signal: AbortSignal,
  ) => Promise<PackageDescription>;
  /** Packages in one run. */
  readonly probes: number;
}

interface Unprobed {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly keywords: string[];
}

/** Versions that were left for later, as most of a position. */
const MAX_SKIPPED = 100;

/**
 * Looks into the code of packages of which only the registry's words are known, one after the other:
 * those first of which tools are pinned, which a new version is held back from, then the most used. One whose code cannot be prepared is marked, and not tried again; one that
 * could not be prepared just now has its next turn after all others.
 */
export function probePackages({ describe, probes }: ProbePackagesOptions): RunJob {
  return async (run) => {
    for (let done = 0; done < probes; done++) {
      const skipped = skippedIn(run.position);
      const next = await nextUnprobed(run.sql, skipped);
      if (next !== undefined) await probeOne(run, next, { describe, skipped });
      else {
        if (skipped.length > 0) await run.commit([], () => Promise.resolve(NO_COUNTS));
        return;
      }
    }
  };
}

async function probeOne(
  run: SyncRun,
  { id, name, version, keywords }: Unprobed,
  { describe, skipped }: Pick<ProbePackagesOptions, "describe"> & {
    readonly skipped: readonly string[];
  },
): Promise<void> {
  try {
    const { manifest, digest, lock } = await describe({ packageName: name, version }, run.signal);
    await recordPackage(run.sql, {
      ...{ manifest, digest, lock, keywords, ownerId: null, visibility: "public" },
    });
    await run.commit(skipped, () => Promise.resolve({ ...NO_COUNTS, seen: 1, recorded: 1 }));
  } catch (error) {
    run.signal.throwIfAborted();
    if (!(error instanceof AirlockError)) throw error;
    const later = error.retryable ? [...skipped, id].slice(-MAX_SKIPPED) : skipped;
    await run.commit(later, async (tx) => {
      if (!error.retryable) {
        await tx`
          update package_version set state = 'failed' where id = ${id} and state = 'building'`;
      }
      return { ...NO_COUNTS, seen: 1, failed: 1 };
    });
  }
}

function skippedIn(position: JsonValue): readonly string[] {
  return Array.isArray(position) ? position.filter((id) => typeof id === "string") : [];
}

/** The newest version that is known of a package, where nobody has looked into it. */
async function nextUnprobed(sql: Sql, skipped: readonly string[]): Promise<Unprobed | undefined> {
  const [row] = await sql<Unprobed[]>`
    select newest.id, package.name, newest.version, package.keywords
    from package, lateral (
      select id, version, state from package_version
      where package_id = package.id order by created_at desc, id desc limit 1
    ) as newest
    where package.source = 'npm' and package.owner_id is null and newest.state = 'building'
      and newest.id <> all(${[...skipped]})
    order by exists (
      select from tool_pin where tool_pin.source = 'npm' and tool_pin.package_name = package.name
    ) desc, package.downloads_week desc nulls last, package.name limit 1`;
  return row;
}
