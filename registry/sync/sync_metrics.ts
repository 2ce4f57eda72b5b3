import { AirlockError } from "../../spec/errors.ts";
import { isJsonObject, type JsonValue } from "../../spec/json.ts";
import { runBounded } from "../esm/run_bounded.ts";
import { type DownloadsApi, readDownloads } from "./read_downloads.ts";
import { readStars, type StarsApi } from "./read_stars.ts";
import { isTrouble } from "./sync_error.ts";
import type { RunJob, SyncRun } from "./sync_job.ts";
import type { SyncLimits } from "./sync_limits.ts";
import { type Measured, writeDownloads, writeStars } from "./write_metrics.ts";

/** Options of {@linkcode syncMetrics}. Numbers are not asked for where there is nobody to ask. */
export interface SyncMetricsOptions {
  readonly downloads: DownloadsApi | undefined;
  readonly stars: StarsApi | undefined;
  readonly limits: SyncLimits;
}

/** A pass: what was measured after it began is done. */
interface Pass {
  readonly startedMs: number;
}

/**
 * Asks for downloads and stars of every package of npm's registry, those first that were asked for
 * longest ago. A run that is cut short goes on with the rest.
 */
export function syncMetrics(options: SyncMetricsOptions): RunJob {
  return async (run) => {
    const pass = passOf(run.position) ?? { startedMs: Date.now() };
    if (options.downloads !== undefined) {
      await walk(run, { pass, measure: downloadsOf(options.downloads, options.limits) });
    }
    if (options.stars !== undefined) {
      await walk(run, { pass, measure: starsOf(options.stars, options.limits) });
    }
    await run.commit(null, () => Promise.resolve({ seen: 0, recorded: 0, failed: 0 }));
  };
}

interface Due {
  readonly name: string;
  readonly repository: string | null;
}

/** One of the numbers. */
interface Measure {
  /** Packages that were measured before that time, or never. */
  readonly due: (run: SyncRun, before: Date) => Promise<Due[]>;
  readonly read: (due: readonly Due[], signal: AbortSignal) => Promise<Measured[]>;
  readonly write: typeof writeDownloads;
  /** Parts in one run. */
  readonly parts: number;
}

async function walk(
  run: SyncRun,
  { pass, measure }: { readonly pass: Pass; readonly measure: Measure },
): Promise<void> {
  for (let part = 0; part < measure.parts; part++) {
    const due = await measure.due(run, new Date(pass.startedMs));
    if (due.length === 0) return;
    const measured = await measure.read(due, run.signal);
    await run.commit({ ...pass }, async (tx) => {
      await measure.write(tx, measured);
      const recorded = measured.filter(({ count }) => count !== null).length;
      return { seen: measured.length, recorded, failed: measured.length - recorded };
    });
  }
}

function downloadsOf(api: DownloadsApi, limits: SyncLimits): Measure {
  const { downloadNames, concurrency } = limits;
  return {
    parts: Infinity,
    write: writeDownloads,
    due: async ({ sql }, before) =>
      await sql<Due[]>`
        select name, repository from package
        where source = 'npm' and owner_id is null
          and (downloads_at is null or downloads_at < ${before})
        order by downloads_at nulls first, name limit ${downloadNames}`,
    async read(due, signal) {
      const names = due.map(({ name }) => name);
      const plain = names.filter((name) => !name.startsWith("@"));
      const scoped = names.filter((name) => name.startsWith("@"));
      const questions = [...plain.length > 0 ? [plain] : [], ...scoped.map((name) => [name])];
      const counts = new Map<string, number>();
      await runBounded(questions, {
        ...{ concurrency, signal },
        async task(asked, own) {
          const answer = await unlessBroken(readDownloads(api, { names: asked, signal: own }));
          for (const [name, count] of answer ?? []) counts.set(name, count);
        },
      });
      return names.map((name) => ({ name, count: counts.get(name) ?? null }));
    },
  };
}

function starsOf(api: StarsApi, limits: SyncLimits): Measure {
  const { chunkPackages, concurrency, starRequests } = limits;
  return {
    parts: Math.ceil(starRequests / chunkPackages),
    write: writeStars,
    due: async ({ sql }, before) =>
      await sql<Due[]>`
        select name, repository from package
        where source = 'npm' and owner_id is null and repository is not null
          and (stars_at is null or stars_at < ${before})
        order by stars_at nulls first, name limit ${chunkPackages}`,
    async read(due, signal) {
      const stars = new Map<string, number>();
      // Packages of one repository share its stars.
      const repositories = new Set(due.map(({ repository }) => repository ?? ""));
      await runBounded([...repositories], {
        ...{ concurrency, signal },
        async task(repository, own) {
          const count = await unlessBroken(readStars(api, { repository, signal: own }));
          if (count !== undefined) stars.set(repository, count);
        },
      });
      return due.map(({ name, repository }) => ({
        name,
        count: stars.get(repository ?? "") ?? null,
      }));
    },
  };
}

/** What makes no sense is no number, and no reason not to ask for others. */
async function unlessBroken<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof AirlockError && !isTrouble(error)) return undefined;
    throw error;
  }
}

function passOf(position: JsonValue): Pass | undefined {
  const startedMs = isJsonObject(position) ? position["startedMs"] : undefined;
  return typeof startedMs === "number" ? { startedMs } : undefined;
}
