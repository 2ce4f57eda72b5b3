import { NO_COUNTS, type RunJob } from "./sync_job.ts";

/** Counts what there is, and keeps that as the counts of the day. */
export function takeSnapshot(): RunJob {
  return async (run) => {
    await run.commit(null, async (tx) => {
      await tx`
        insert into stats_snapshot (
          day, packages, versions, tools, tools_described, tools_healthy, tools_broken, likes,
          downloads_week
        )
        select (now() at time zone 'utc')::date,
          (select count(*) from package), (select count(*) from package_version),
          known.tools, known.described, known.healthy, known.broken,
          (select count(*) from tool_like),
          (select coalesce(sum(downloads_week), 0) from package)
        from (
          select count(*) as tools, count(*) filter (where input_schema is not null) as described,
            count(*) filter (where health = 'healthy') as healthy,
            count(*) filter (where health = 'broken') as broken
          from tool where removed_at is null
        ) as known
        on conflict (day) do update set
          packages = excluded.packages, versions = excluded.versions, tools = excluded.tools,
          tools_described = excluded.tools_described, tools_healthy = excluded.tools_healthy,
          tools_broken = excluded.tools_broken, likes = excluded.likes,
          downloads_week = excluded.downloads_week, taken_at = now()`;
      return { ...NO_COUNTS, seen: 1, recorded: 1 };
    });
  };
}
