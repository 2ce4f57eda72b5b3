import { recordNames, type RecordTools } from "./record_names.ts";
import type { SyncRun } from "./sync_job.ts";

/** Reads packages again that could not be read before, those whose time has come, one part of them. */
export async function retryNames(run: SyncRun, tools: RecordTools): Promise<void> {
  const rows = await run.sql<{ name: string }[]>`
    select name from sync_retry where next_at <= now()
    order by next_at limit ${tools.limits.chunkPackages}`;
  if (rows.length === 0) return;
  const candidates = rows.map(({ name }) => ({ name, standing: "unknown" as const }));
  await recordNames(run, { candidates, position: run.position }, tools);
}
