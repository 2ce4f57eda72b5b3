import type { Sql } from "./database.ts";
import { waitFor } from "./wait_for.ts";

/** What is told of a notification: its payload. */
export type OnNotice = (payload: string) => void;

/** Options of {@linkcode hear}. */
export interface HearOptions {
  /** A plain lower-case name. */
  readonly channel: string;
  readonly onNotice: OnNotice;
  /** Queries over one connection of its own that tells of notifications, and of its end. */
  connect(
    told: { onNotify(channel: string, payload: string): void; onClose(): void },
  ): Sql;
}

/** How often a connection that is quiet is asked whether it is still there. */
const BEAT_MS = 10_000;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const END_TIMEOUT_SECONDS = 1;

/**
 * Hears notifications of a channel until disposed. A connection that is lost is made again, after pauses
 * that grow; what is told meanwhile is not heard: whoever relies on it must be right without it, later.
 */
export function hear({ channel, onNotice, connect }: HearOptions): AsyncDisposable {
  const stopped = new AbortController();
  let lost = Promise.withResolvers<void>();
  const sql = connect({
    onNotify: (name, payload) => {
      if (name === channel) onNotice(payload);
    },
    onClose: () => lost.resolve(),
  });
  const running = (async () => {
    let pauseMs = FIRST_PAUSE_MS;
    while (!stopped.signal.aborted) {
      lost = Promise.withResolvers<void>();
      try {
        // To listen again changes nothing: it is the beat as well.
        await sql`listen ${sql(channel)}`;
        pauseMs = FIRST_PAUSE_MS;
        await waitFor(BEAT_MS, { signal: stopped.signal, or: lost.promise });
      } catch {
        // The database's own state tells of it, in /health.
        await waitFor(pauseMs, { signal: stopped.signal });
        pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
      }
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stopped.abort();
      await sql.end({ timeout: END_TIMEOUT_SECONDS });
      await running;
    },
  };
}
