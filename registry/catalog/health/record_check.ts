import type { AnySql, Sql } from "../../database/database.ts";
import { newId } from "../../database/new_id.ts";
import type { DueTool } from "./claim_due.ts";

/** How a tool did. */
export interface CheckOutcome {
  /** `call`: with parameters that its package gives; `load`: its code loads and has the tool. */
  readonly kind: "call" | "load";
  readonly ok: boolean;
  readonly code: string | null;
  readonly message: string | null;
  readonly durationMs: number;
}

/** Failures in a row after which a tool is broken: one may be the network's. */
export const BROKEN_AFTER = 3;

/** Of one tool. */
const MAX_KEPT = 50;
const MAX_MESSAGE_CHARACTERS = 500;

/**
 * Keeps how a tool did, and says of the tool whether it is healthy or broken. What was tried while
 * another version took over says nothing of that one.
 */
export async function recordCheck(
  sql: Sql,
  tool: Pick<DueTool, "id" | "version">,
  outcome: CheckOutcome,
): Promise<void> {
  const { kind, ok, code, durationMs } = outcome;
  const message = outcome.message?.slice(0, MAX_MESSAGE_CHARACTERS) ?? null;
  await sql.begin(async (tx: AnySql) => {
    const known = await tx`
      update tool set
        health_failures = case when ${ok} then 0 else health_failures + 1 end,
        health = case when ${ok} then 'healthy'
          when health_failures + 1 >= ${BROKEN_AFTER} then 'broken' else health end
      from package_version
      where tool.id = ${tool.id} and package_version.id = tool.version_id
        and package_version.version = ${tool.version}
      returning tool.package_id`;
    const packageId: string | undefined = known[0]?.package_id;
    if (packageId === undefined) return;
    await tx`
      insert into tool_health_check (id, tool_id, version, kind, ok, code, message, duration_ms)
      values (${newId("chk")}, ${tool.id}, ${tool.version}, ${kind}, ${ok}, ${code}, ${message},
        ${Math.round(durationMs)})`;
    await tx`
      delete from tool_health_check where id in (
        select id from tool_health_check where tool_id = ${tool.id}
        order by checked_at desc, id desc offset ${MAX_KEPT}
      )`;
    // A package is as good as the worst of its tools.
    await tx`
      update package set health = coalesce((
        select case when bool_or(health = 'broken') then 'broken'
          when bool_and(health = 'healthy') then 'healthy' else 'unknown' end
        from tool where package_id = ${packageId} and removed_at is null
      ), 'unknown') where id = ${packageId}`;
  });
}
