import type { Engine } from "../cli/cli_deps.ts";
import { HealthSchedule } from "../registry/catalog/health/health_schedule.ts";
import type { Database } from "../registry/database/database.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Each tool once a day, a few at a time: what callers wait for goes first. */
const PACE = { roundMs: MINUTE_MS, intervalMs: DAY_MS, maxTools: 10, concurrency: 1 };

/** Tries the tools of the catalog now and then. Disposing stops that; dispose it before the engine. */
export function startHealthChecks(
  { sql, sleep }: Database,
  { executor, describer }: Pick<Engine, "executor" | "describer">,
  { onFailure }: { readonly onFailure: (error: unknown) => void },
): AsyncDisposable {
  // While nobody needs the database, nobody looks at what would be found out.
  const isAsleep = () => sleep?.isAsleep() ?? false;
  return new HealthSchedule({ ...PACE, sql, isAsleep, executor, describer, onFailure });
}
