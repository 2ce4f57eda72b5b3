import type { PGlite } from "@electric-sql/pglite";
import { endsIdle } from "./protocol_messages.ts";

/** Size of the write-ahead log since the last checkpoint that brings the next one. */
const MAX_LOG_BYTES = 32 * 1024 * 1024;

/** Answers between two looks at its size. */
const LOOK_EVERY = 256;

/**
 * Bounds the write-ahead log of an embedded database, and what a start after a crash has to read of
 * it. PostgreSQL asks for a checkpoint by size only under a postmaster (`XLogWrite` in xlog.c), which
 * PGlite has not.
 */
export class LogWatch {
  readonly #pglite: PGlite;
  #answers = 0;

  constructor(pglite: PGlite) {
    this.#pglite = pglite;
  }

  /**
   * To be told of each answer, when it has been given.
   * @throws what PGlite throws: it is broken then.
   */
  async note(answer: Uint8Array): Promise<void> {
    if (++this.#answers < LOOK_EVERY || !endsIdle(answer)) return;
    this.#answers = 0;
    const { rows } = await this.#pglite.query<{ full: boolean }>(
      `select pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn) > ${MAX_LOG_BYTES} as full
        from pg_control_checkpoint()`,
    );
    if (rows[0]?.full) await this.#pglite.exec("checkpoint");
  }
}
