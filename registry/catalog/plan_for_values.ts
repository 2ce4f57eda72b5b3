import type { TransactionSql } from "postgres";

/**
 * Has the rest of a transaction planned for the values at hand, within a time. A plan for any value
 * would read every tool that has a common word, or walk all tools for a rare one: which of both is
 * right depends on the word.
 */
export async function planForValues(tx: TransactionSql, timeoutMs: number): Promise<void> {
  await tx`select
    set_config('plan_cache_mode', 'force_custom_plan', true),
    set_config('statement_timeout', ${String(timeoutMs)}, true)`;
}
