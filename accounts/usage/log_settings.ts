import type { AnySql } from "../../registry/database/database.ts";
import { type Actor, writeAudit } from "../audit/write_audit.ts";

/** What an account wants of its log. */
export interface LogSettings {
  /** Whether lines hold the parameters of calls, redacted. */
  readonly keepParams: boolean;
}

/** What an account wants of its log; nothing where it has not said. */
export async function readLogSettings(sql: AnySql, tenant: string): Promise<LogSettings> {
  const [row] = await sql<{ keep_params: boolean }[]>`
    select keep_params from log_setting where owner_id = ${tenant}`;
  return { keepParams: row?.keep_params ?? false };
}

/** Says what the caller's account wants of its log. Whether the caller may is asked before. */
export async function changeLogSettings(
  tx: AnySql,
  actor: Actor,
  { keepParams }: LogSettings,
): Promise<void> {
  const { tenant } = actor.caller;
  await tx`
    insert into log_setting (owner_id, keep_params) values (${tenant}, ${keepParams})
    on conflict (owner_id) do update set keep_params = excluded.keep_params`;
  await writeAudit(tx, actor, {
    action: "log.changed",
    subject: { kind: "log", id: tenant },
    details: { keepParams },
  });
}
