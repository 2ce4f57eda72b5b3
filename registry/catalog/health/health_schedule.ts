import type { Sql } from "../../database/database.ts";
import { checkTool, type CheckTools } from "./check_tool.ts";
import { claimDue } from "./claim_due.ts";
import { recordCheck } from "./record_check.ts";

/** What tools are tried with, and how often. */
export interface HealthScheduleOptions extends CheckTools {
  readonly sql: Sql;
  /** Asked before a round: there is none then. */
  readonly isAsleep?: () => boolean;
  /** Between two rounds; a round takes what is due. */
  readonly roundMs: number;
  /** After which a tool is tried again. */
  readonly intervalMs: number;
  /** Of one round. */
  readonly maxTools: number;
  /** At the same time. */
  readonly concurrency: number;
  /** Told of rounds that could not be done, for the log. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Tries tools in rounds. One of several nodes tries each. Owns its timer: disposing stops it, and
 * waits until what runs has been told to stop and has ended.
 */
export class HealthSchedule implements AsyncDisposable {
  readonly #options: HealthScheduleOptions;
  readonly #stop = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  #round: Promise<void> | undefined;

  constructor(options: HealthScheduleOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#begin(), options.roundMs);
  }

  /** Tries what is due, and says how many that were. */
  async checkDue(): Promise<number> {
    const { sql, concurrency, maxTools: limit, intervalMs } = this.#options;
    const due = await claimDue(sql, { intervalMs, limit });
    const waiting = [...due];
    const work = async () => {
      for (let tool = waiting.shift(); tool !== undefined; tool = waiting.shift()) {
        if (this.#stop.signal.aborted) return;
        const outcome = await checkTool(tool, this.#options, { signal: this.#stop.signal });
        if (outcome !== undefined) await recordCheck(sql, tool, outcome);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    return due.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    await this.#round;
  }

  /** A round that takes longer than the pause is not joined by another. */
  #begin(): void {
    if (this.#options.isAsleep?.()) return;
    this.#round ??= this.checkDue().then(() => {}, this.#options.onFailure)
      .finally(() => this.#round = undefined);
  }
}
