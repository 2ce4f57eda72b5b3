import type { JsonObject } from "../../spec/json.ts";
import { recordNames, type RecordTools } from "./record_names.ts";
import type { SyncRun } from "./sync_job.ts";

/**
 * Asks for every watched package in the order of names, from where the last run was cut short. What
 * has not changed since costs an empty answer.
 * @param position The run's position at the name of the last package that was read; at the end `""`.
 */
export async function walkWatched(
  run: SyncRun,
  { after, position, tools }: {
    readonly after: string;
    readonly position: (after: string) => JsonObject;
    readonly tools: RecordTools;
  },
): Promise<void> {
  const limit = tools.limits.chunkPackages;
  for (let last = after;;) {
    const rows = await run.sql<{ name: string; etag: string | null }[]>`
      select name, etag from watched_package where name > ${last} order by name limit ${limit}`;
    const candidates = rows.map(({ name, etag }) => ({
      ...{ name, standing: "wanted" as const },
      ...(etag !== null && { etag }),
    }));
    const before = last;
    last = rows.length < limit ? "" : rows.at(-1)!.name;
    if (rows.length > 0 || before !== "") {
      await recordNames(run, { candidates, position: position(last), isAsked: true }, tools);
    }
    if (last === "") return;
  }
}
