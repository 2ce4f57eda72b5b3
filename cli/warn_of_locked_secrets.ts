import type { Database } from "../registry/database/database.ts";
import type { Accounts } from "../accounts/accounts.ts";

/**
 * Writes an error to the log where none of the configured master keys opens what is kept: told at
 * start, not by the first call that needs it. Never rejects; a database that is away tells of itself.
 */
export async function warnOfLockedSecrets(
  { sql, masterKeys }: Pick<Accounts, "sql" | "masterKeys">,
  { sleep }: Pick<Database, "sleep">,
): Promise<void> {
  // Not worth opening a database for that is known to keep none.
  if (await sleep?.hasNobody()) return;
  const [{ getLogger }, { countLockedOut }] = await Promise.all([
    import("@logtape/logtape"),
    import("../accounts/secrets/data_keys.ts"),
  ]);
  const logger = getLogger(["airlock", "accounts"]);
  try {
    const accounts = await countLockedOut(sql, masterKeys);
    if (accounts === 0) return;
    logger.error(
      "secrets of {accounts} accounts are sealed under another master key, and wait for it: set " +
        "AIRLOCK_MASTER_KEY back, or give that key as AIRLOCK_MASTER_KEY_PREVIOUS and run " +
        "`airlock secrets rotate`",
      { accounts },
    );
  } catch (error) {
    logger.debug("asking for sealed secrets failed", { error });
  }
}
