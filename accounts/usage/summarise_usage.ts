import { z } from "zod";
import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { visibleTo } from "../visible_to.ts";

/** How calls can be added up. */
export const USAGE_PERIODS = ["hour", "day"] as const;

/** One of {@linkcode USAGE_PERIODS}. */
export type UsagePeriod = typeof USAGE_PERIODS[number];

/** Calls of one period. */
export interface UsageSum {
  /** ISO 8601, UTC: the hour, or the day alone. */
  readonly at: string;
  readonly calls: number;
  readonly failures: number;
  readonly durationMs: number;
  readonly egressBytes: number;
}

/** Calls of one tool. */
export interface ToolUsage extends Omit<UsageSum, "at"> {
  readonly packageName: string;
  readonly toolName: string;
}

/** Which calls are added up: `from` counts, `until` does not any more. */
export interface UsageSpan {
  readonly from: Date;
  readonly until: Date;
}

const sums = {
  calls: z.number(),
  failures: z.number(),
  duration_ms: z.number(),
  egress_bytes: z.number(),
};
const periodRow = z.object({ at: z.string(), ...sums });
const toolRow = z.object({ package_name: z.string(), tool_name: z.string(), ...sums });

/** Most tools that are listed by themselves. */
const MAX_TOOLS = 50;

/** Calls of the caller's account by the hour or by the day, oldest first; nothing where none were. */
export async function usageByPeriod(
  sql: AnySql,
  caller: Caller,
  { period, from, until }: UsageSpan & { readonly period: UsagePeriod },
): Promise<UsageSum[]> {
  const isSeen = visibleTo(sql, caller, "usage");
  const rows = period === "hour"
    ? await sql`
      select to_char(hour at time zone 'UTC', 'YYYY-MM-DD"T"HH24:00:00"Z"') as at,
        sum(calls)::float8 as calls, sum(failures)::float8 as failures,
        sum(duration_ms)::float8 as duration_ms, sum(egress_bytes)::float8 as egress_bytes
      from usage_record where ${isSeen} and hour >= ${from} and hour < ${until}
      group by hour order by hour`
    : await sql`
      select to_char(day, 'YYYY-MM-DD') as at, calls::float8 as calls,
        failures::float8 as failures, duration_ms, egress_bytes::float8 as egress_bytes
      from usage_summary
      where ${isSeen} and day >= (${from}::timestamptz at time zone 'UTC')::date
        and day < (${until}::timestamptz at time zone 'UTC')
      order by day`;
  return rows.map((row) => {
    const { at, ...rest } = periodRow.parse(row);
    return { at, ...sumsOf(rest) };
  });
}

/** The tools that the caller's account called most, most called first. */
export async function usageByTool(
  sql: AnySql,
  caller: Caller,
  { from, until }: UsageSpan,
): Promise<ToolUsage[]> {
  const rows = await sql`
    select package_name, tool_name, sum(calls)::float8 as calls,
      sum(failures)::float8 as failures, sum(duration_ms)::float8 as duration_ms,
      sum(egress_bytes)::float8 as egress_bytes
    from usage_record
    where ${visibleTo(sql, caller, "usage")} and hour >= ${from} and hour < ${until}
    group by package_name, tool_name
    order by sum(calls) desc, package_name, tool_name limit ${MAX_TOOLS}`;
  return rows.map((row) => {
    const { package_name, tool_name, ...rest } = toolRow.parse(row);
    return { packageName: package_name, toolName: tool_name, ...sumsOf(rest) };
  });
}

function sumsOf(
  { calls, failures, duration_ms, egress_bytes }: z.output<z.ZodObject<typeof sums>>,
) {
  return { calls, failures, durationMs: duration_ms, egressBytes: egress_bytes };
}
