import type { AnySql } from "../../database/database.ts";
import { readTool, type ReadToolOptions } from "../read_tool.ts";
import type { ToolHealth } from "../tool_summary.ts";
import type { CheckOutcome } from "./record_check.ts";

/** One time that a tool was tried. */
export interface ToolCheck extends CheckOutcome {
  readonly version: string;
  readonly checkedAt: string;
}

/** How a tool is, and how it did lately: the last time first, at most 50. */
export interface ToolHealthReport {
  readonly health: ToolHealth;
  readonly checks: readonly ToolCheck[];
}

interface CheckRow {
  readonly version: string;
  readonly kind: CheckOutcome["kind"];
  readonly ok: boolean;
  readonly code: string | null;
  readonly message: string | null;
  readonly duration_ms: number;
  readonly checked_at: Date;
}

/** @throws {AirlockError} `tool_not_found`, also for what the reader may not see. */
export async function listChecks(
  sql: AnySql,
  options: ReadToolOptions,
): Promise<ToolHealthReport> {
  const { id, health } = await readTool(sql, options);
  const rows = await sql<CheckRow[]>`
    select version, kind, ok, code, message, duration_ms, checked_at from tool_health_check
    where tool_id = ${id} order by checked_at desc, id desc`;
  const checks = rows.map(({ duration_ms: durationMs, checked_at: checkedAt, ...row }) => ({
    ...row,
    durationMs,
    checkedAt: checkedAt.toISOString(),
  }));
  return { health, checks };
}
