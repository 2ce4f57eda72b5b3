import type { DatabaseHealth, DatabaseKind, Sql } from "./database.ts";

/** Longest wait for an answer before a database counts as down. */
const CHECK_MS = 1_500;

/** Asks a database whether it is there. Never rejects. */
export async function checkDatabase(sql: Sql, kind: DatabaseKind): Promise<DatabaseHealth> {
  const startedMs = performance.now();
  const late = Promise.withResolvers<"late">();
  const timer = setTimeout(late.resolve, CHECK_MS, "late");
  const query = sql`select 1`;
  const answer = query.then(() => "ok" as const, () => "failed" as const);
  const outcome = await Promise.race([answer, late.promise]);
  clearTimeout(timer);
  if (outcome === "ok") {
    return { kind, state: "ok", latencyMs: performance.now() - startedMs, problem: null };
  }
  if (outcome === "late") query.cancel();
  const problem = outcome === "late"
    ? `no answer within ${CHECK_MS} ms`
    : "no connection; it is tried again at every query";
  return { kind, state: "down", latencyMs: null, problem };
}
