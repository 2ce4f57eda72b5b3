import type { AnySql } from "../../registry/database/database.ts";
import type { UsageRow } from "./usage_row.ts";

/**
 * Writes calls to the log and adds them to the sums, in one statement. Calls that are in the log
 * already change nothing, so that a batch may be written again whose outcome is not known.
 */
export async function writeUsage(sql: AnySql, rows: readonly UsageRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    with added as (
      insert into call_log
      select id, at, owner_id, user_id, key_id, collection_id, agent_id, via, package_name, version,
        tool_name, artifact, runtime, start_kind, outcome, duration_ms, tool_ms, cache, egress_hosts,
        egress_bytes, request_id, params::jsonb, source
      from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as row (
        id text, at timestamptz, owner_id text, user_id text, key_id text, collection_id text,
        agent_id text, via text, package_name text, version text, tool_name text, artifact text,
        runtime text, start_kind text, outcome text, duration_ms float8, tool_ms float8, cache text,
        egress_hosts text[], egress_bytes bigint, request_id text, params text, source text)
      on conflict (id) do nothing
      returning *
    ), hours as (
      insert into usage_record as kept
      select owner_id, date_trunc('hour', at, 'UTC'), coalesce(key_id, ''), package_name, tool_name,
        count(*), count(*) filter (where outcome <> 'success'), sum(duration_ms), sum(egress_bytes)
      from added group by 1, 2, 3, 4, 5
      order by 1, 2, 3, 4, 5
      on conflict (owner_id, hour, key_id, package_name, tool_name) do update set
        calls = kept.calls + excluded.calls,
        failures = kept.failures + excluded.failures,
        duration_ms = kept.duration_ms + excluded.duration_ms,
        egress_bytes = kept.egress_bytes + excluded.egress_bytes
    )
    insert into usage_summary as kept
    select owner_id, (at at time zone 'UTC')::date, count(*),
      count(*) filter (where outcome <> 'success'), sum(duration_ms), sum(egress_bytes)
    from added group by 1, 2
    order by 1, 2
    on conflict (owner_id, day) do update set
      calls = kept.calls + excluded.calls,
      failures = kept.failures + excluded.failures,
      duration_ms = kept.duration_ms + excluded.duration_ms,
      egress_bytes = kept.egress_bytes + excluded.egress_bytes`;
}
