import type { UsageRow } from "./usage_row.ts";

/** How much is kept until it is written, and how long. */
export interface UsageBounds {
  /** Rows in memory; the newest are dropped beyond. */
  readonly maxRows: number;
  /** Rows that are written together. */
  readonly batchRows: number;
  readonly flushMs: number;
  /** First pause after a failure; doubled up to {@linkcode UsageBounds.maxPauseMs}. */
  readonly pauseMs: number;
  readonly maxPauseMs: number;
  /** Longest time that disposing waits for the last rows. */
  readonly lastFlushMs: number;
}

/** About 20 MB at most, or minutes of a database that is away. */
export const USAGE_BOUNDS: UsageBounds = {
  maxRows: 20_000,
  batchRows: 500,
  flushMs: 1_000,
  pauseMs: 1_000,
  maxPauseMs: 30_000,
  lastFlushMs: 5_000,
};

/** Options of {@linkcode UsageWriter}. */
export interface UsageWriterOptions {
  /** Writes rows; a row that is there already is left alone, so that trying again does no harm. */
  readonly write: (rows: readonly UsageRow[]) => Promise<void>;
  /** Whether writing failed for what the rows say, so that trying again would fail as well. */
  readonly isRowsFault: (error: unknown) => boolean;
  readonly onFailure: (error: unknown) => void;
  readonly bounds?: UsageBounds;
}

/** What the writer holds and lost, for metrics. */
export interface UsageWriterStats {
  readonly waiting: number;
  readonly written: number;
  readonly dropped: number;
}

/**
 * Writes rows behind the back of calls, in batches. A database that is away for a while costs
 * nothing but memory, up to a bound. Disposing writes what is left, for a bounded time.
 */
export class UsageWriter implements AsyncDisposable {
  readonly #write: UsageWriterOptions["write"];
  readonly #isRowsFault: UsageWriterOptions["isRowsFault"];
  readonly #onFailure: UsageWriterOptions["onFailure"];
  readonly #bounds: UsageBounds;
  readonly #rows: UsageRow[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pauseMs = 0;
  #writing: Promise<void> | null = null;
  #isClosed = false;
  #written = 0;
  #dropped = 0;

  constructor(options: UsageWriterOptions) {
    this.#write = options.write;
    this.#isRowsFault = options.isRowsFault;
    this.#onFailure = options.onFailure;
    this.#bounds = options.bounds ?? USAGE_BOUNDS;
  }

  get stats(): UsageWriterStats {
    return { waiting: this.#rows.length, written: this.#written, dropped: this.#dropped };
  }

  /** Takes a row to be written soon. Never waits and never throws. */
  add(row: UsageRow): void {
    if (this.#isClosed || this.#rows.length >= this.#bounds.maxRows) {
      this.#dropped += 1;
      return;
    }
    this.#rows.push(row);
    const isFull = this.#rows.length >= this.#bounds.batchRows && this.#pauseMs === 0;
    if (isFull) this.#flush();
    else this.#flushLater(this.#pauseMs || this.#bounds.flushMs);
  }

  #flushLater(delayMs: number): void {
    if (this.#writing !== null) return;
    this.#timer ??= setTimeout(() => this.#flush(), delayMs);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing ??= this.#writeBatch().finally(() => {
      this.#writing = null;
      if (this.#rows.length === 0 || this.#isClosed) return;
      const isFull = this.#rows.length >= this.#bounds.batchRows && this.#pauseMs === 0;
      this.#flushLater(isFull ? 0 : this.#pauseMs || this.#bounds.flushMs);
    });
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#rows.slice(0, this.#bounds.batchRows);
    try {
      const written = await this.#writeSound(batch);
      this.#rows.splice(0, batch.length);
      this.#written += written;
      this.#dropped += batch.length - written;
      this.#pauseMs = 0;
    } catch (error) {
      const { pauseMs, maxPauseMs } = this.#bounds;
      this.#pauseMs = Math.min(maxPauseMs, this.#pauseMs * 2 || pauseMs);
      this.#onFailure(error);
    }
  }

  /** Writes all rows that can be written: one that cannot is found by halving, and left out. */
  async #writeSound(rows: readonly UsageRow[]): Promise<number> {
    try {
      await this.#write(rows);
      return rows.length;
    } catch (error) {
      if (!this.#isRowsFault(error)) throw error;
      if (rows.length === 1) {
        this.#onFailure(error);
        return 0;
      }
      const middle = Math.ceil(rows.length / 2);
      const first = await this.#writeSound(rows.slice(0, middle));
      return first + await this.#writeSound(rows.slice(middle));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const overdue = Promise.withResolvers<void>();
    const timer = setTimeout(overdue.resolve, this.#bounds.lastFlushMs);
    await Promise.race([this.#writeAll(), overdue.promise]);
    clearTimeout(timer);
    this.#dropped += this.#rows.length;
  }

  async #writeAll(): Promise<void> {
    await this.#writing;
    this.#pauseMs = 0;
    while (this.#rows.length > 0 && this.#pauseMs === 0) await this.#writeBatch();
  }
}
