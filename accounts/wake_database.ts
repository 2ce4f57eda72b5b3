import type { DatabaseSleep } from "../registry/database/database.ts";
import { withinTime } from "./cache/within_time.ts";

/** Longest wait of a request for a database that is being opened. */
const OPENING_MS = 20_000;

/**
 * Waits until a database answers that is opened by what needs it first: deadlines of single reads are
 * not meant for that. Never rejects: the read that comes next says what is wrong.
 */
export async function wakeDatabase(sleep: DatabaseSleep): Promise<void> {
  try {
    await withinTime(sleep.open(), OPENING_MS);
  } catch {
    // Told by whatever asks next, and written to the log by whoever opens it.
  }
}
