import { getLogger } from "@logtape/logtape";
import type { SyncConfig } from "../config/sync_config.ts";
import type { SyncRunner } from "../registry/sync/sync_runner.ts";
import { SyncSchedule } from "../registry/sync/sync_schedule.ts";

/** The counts of a day are corrected so often, and packages that were found are looked into. */
const SNAPSHOT_MS = 3_600_000;
const PROBE_MS = 120_000;

/** Has jobs run at the configured intervals until it is disposed. */
export function startSchedule(config: SyncConfig, runner: SyncRunner): SyncSchedule {
  const logger = getLogger(["airlock", "sync"]);
  return new SyncSchedule({
    runner,
    intervalsMs: {
      changes: config.changesMs,
      keyword: config.keywordMs,
      metrics: config.metricsMs,
      "stats-snapshot": SNAPSHOT_MS,
      ...(config.probe && { probe: PROBE_MS }),
    },
    onFailure: (error, job) => logger.error("sync could not start", { error, job }),
  });
}
