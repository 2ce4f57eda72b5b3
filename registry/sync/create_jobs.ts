import { isBelow } from "../npm/is_below.ts";
import type { NpmConfig, RegistryTarget } from "../npm/npm_config.ts";
import type { ProbePackagesOptions } from "./probe_packages.ts";
import { probePackages } from "./probe_packages.ts";
import type { ReadDeclared } from "./published_package.ts";
import { RegistryReader } from "./registry_reader.ts";
import { syncChanges } from "./sync_changes.ts";
import { SyncHttp } from "./sync_http.ts";
import type { RunJob, SyncJob } from "./sync_job.ts";
import { syncKeyword } from "./sync_keyword.ts";
import type { SyncLimits } from "./sync_limits.ts";
import { syncMetrics } from "./sync_metrics.ts";
import { takeSnapshot } from "./take_snapshot.ts";

/** Who is asked for what. Where a URL is absent, nobody is. */
export interface CreateJobsOptions {
  readonly npm: NpmConfig;
  readonly readDeclared: ReadDeclared;
  readonly limits: SyncLimits;
  readonly changesUrl: string | undefined;
  /** Where a feed that was never read is begun: `now`, or a place in it. */
  readonly changesSince: string;
  readonly downloadsUrl: string | undefined;
  readonly githubApiUrl: string | undefined;
  /** Secret. */
  readonly githubToken: string | undefined;
  readonly describe?: ProbePackagesOptions["describe"];
}

/** The jobs that keep the catalog like its registry. */
export function createJobs(options: CreateJobsOptions): Partial<Record<SyncJob, RunJob>> {
  const { npm, limits, readDeclared, describe } = options;
  const http = new SyncHttp({ limits });
  // Where packages without a scope come from, whatever their name.
  const target = npm.registryFor("airlock");
  const reader = new RegistryReader({ http, npm, readDeclared, limits });
  const { changesUrl, downloadsUrl, githubApiUrl, githubToken, changesSince } = options;
  const elsewhere = (url: URL, authorization?: string) => ({
    ...{ limits, http: new SyncHttp({ limits }) },
    target: { url, ...(authorization !== undefined && { authorization }) },
  });
  const feedTarget = changesUrl === undefined ? undefined : feedOf(new URL(changesUrl), target);
  return {
    changes: syncChanges({
      ...{ reader, limits },
      feed: feedTarget && { http, limits, target: feedTarget },
      firstSince: /^\d{1,15}$/.test(changesSince) ? Number(changesSince) : changesSince,
    }),
    keyword: syncKeyword({ reader, limits, search: { http, limits, target } }),
    metrics: syncMetrics({
      limits,
      downloads: downloadsUrl === undefined ? undefined : elsewhere(folder(downloadsUrl)),
      stars: githubApiUrl === undefined
        ? undefined
        : elsewhere(folder(githubApiUrl), githubToken && `Bearer ${githubToken}`),
    }),
    "stats-snapshot": takeSnapshot(),
    ...(describe && { probe: probePackages({ describe, probes: limits.probes }) }),
  };
}

/** A feed of the registry itself is asked with what lets us in there. */
function feedOf(url: URL, registry: RegistryTarget): RegistryTarget {
  const { authorization } = registry;
  return isBelow(url, registry.url) && authorization !== undefined
    ? { url, authorization }
    : { url };
}

function folder(text: string): URL {
  return new URL(text.endsWith("/") ? text : `${text}/`);
}
