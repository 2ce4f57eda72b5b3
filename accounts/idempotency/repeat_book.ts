import type { AnySql } from "../../registry/database/database.ts";
import { newId } from "../../registry/database/new_id.ts";
import { AirlockError } from "../../spec/errors.ts";
import { TookTooLong, withinTime } from "../cache/within_time.ts";
import {
  type KeptAnswer,
  keptRow,
  type RepeatableRequest,
  type Repetition,
  repetitionOf,
  type Withheld,
} from "./kept_answer.ts";

/** How much is kept, and for how long. */
export const REPEAT_BOUNDS = {
  /** Age after which a key stands for nothing any more. */
  keptMs: 24 * 60 * 60 * 1_000,
  /** A run that has not said for so long that it goes on was cut off. */
  lockMs: 30_000,
  renewMs: 10_000,
  maxAnswerBytes: 256 * 1024,
  maxKeysPerAccount: 10_000,
  /** Old keys that are removed beside each new one. */
  purgedAtOnce: 200,
  timeoutMs: 5_000,
} as const;

/** {@linkcode REPEAT_BOUNDS}, or others. */
export type RepeatBounds = { readonly [name in keyof typeof REPEAT_BOUNDS]: number };

/** Attempts at a key that others let go of at the same moment. */
const MAX_ATTEMPTS = 3;

/** Remembers which requests were made, so that what is sent twice is done once. */
export class RepeatBook {
  readonly #sql: AnySql;
  readonly #bounds: RepeatBounds;

  constructor(sql: AnySql, bounds: RepeatBounds = REPEAT_BOUNDS) {
    this.#sql = sql;
    this.#bounds = bounds;
  }

  /** @see {@linkcode RepeatBounds} */
  get bounds(): RepeatBounds {
    return this.#bounds;
  }

  /**
   * Whether a request is to run. One that does ends with {@linkcode finish} or {@linkcode release}.
   * @throws {AirlockError} `upstream_failed` where the database does not answer in time.
   */
  async begin(request: RepeatableRequest): Promise<Repetition> {
    return await this.#inTime(this.#begin(request));
  }

  async #begin(request: RepeatableRequest): Promise<Repetition> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const runId = newId("run");
      if (await this.#take(request, runId)) {
        await this.#purge();
        return { kind: "run", runId };
      }
      const row = await this.#find(request);
      if (row !== null) return repetitionOf(row);
      if (await this.#isFull(request)) return { kind: "full" };
    }
    return { kind: "running" };
  }

  /** Says that a run goes on. */
  async renew(request: RepeatableRequest, runId: string): Promise<void> {
    await this.#sql`
      update idempotency_key set locked_until = ${this.#fromNow(this.#bounds.lockMs)}
      where ${this.#isRun(request, runId)}`;
  }

  /** Keeps the answer of a run, or that it is not kept. */
  async finish(
    request: RepeatableRequest,
    run: {
      readonly runId: string;
      readonly answer: KeptAnswer;
      /** The answer itself is not kept then. */
      readonly withheld?: Withheld;
    },
  ): Promise<void> {
    const { runId, answer: { status, headers, body } } = run;
    const isLarge = body.byteLength > this.#bounds.maxAnswerBytes;
    const withheld = run.withheld ?? (isLarge ? "size" : null);
    const kept = withheld === null ? body : null;
    await this.#inTime(this.#sql`
      update idempotency_key set state = 'done', status = ${status},
        headers = ${JSON.stringify(headers)}::text::jsonb, body = ${kept}, withheld = ${withheld}
      where ${this.#isRun(request, runId)}`);
  }

  /** Forgets a run that came to nothing: the same request runs again. */
  async release(request: RepeatableRequest, runId: string): Promise<void> {
    await this.#inTime(this.#sql`
      delete from idempotency_key where ${this.#isRun(request, runId)}`);
  }

  /** One statement, so that of several at once one takes it. */
  async #take(request: RepeatableRequest, runId: string): Promise<boolean> {
    const { tenant, actorId, keyHash, requestHash } = request;
    const { keptMs, lockMs, maxKeysPerAccount } = this.#bounds;
    const { count } = await this.#sql`
      insert into idempotency_key as kept
        (owner_id, actor_id, key_hash, request_hash, state, run_id, locked_until)
      select ${tenant}, ${actorId}, ${keyHash}::bytea, ${requestHash}::bytea, 'running', ${runId},
        ${this.#fromNow(lockMs)}
      where (select count(*) from (
        select from idempotency_key where owner_id = ${tenant} limit ${maxKeysPerAccount}
      ) as keys) < ${maxKeysPerAccount}
      on conflict (owner_id, actor_id, key_hash) do update set
        request_hash = excluded.request_hash, state = 'running', run_id = excluded.run_id,
        locked_until = excluded.locked_until, created_at = now(), status = null, headers = null,
        body = null, withheld = null
      where kept.created_at < ${this.#fromNow(-keptMs)} or (kept.state = 'running'
        and kept.locked_until < now() and kept.request_hash = excluded.request_hash)`;
    return count === 1;
  }

  async #find({ tenant, actorId, keyHash, requestHash }: RepeatableRequest) {
    const [row] = await this.#sql`
      select request_hash = ${requestHash}::bytea as is_same, state, status, headers, body, withheld
      from idempotency_key
      where owner_id = ${tenant} and actor_id = ${actorId} and key_hash = ${keyHash}::bytea`;
    return row === undefined ? null : keptRow.parse(row);
  }

  async #isFull({ tenant }: RepeatableRequest): Promise<boolean> {
    const { maxKeysPerAccount } = this.#bounds;
    await this.#purge();
    const rows = await this.#sql`
      select from idempotency_key where owner_id = ${tenant} limit ${maxKeysPerAccount}`;
    return rows.length >= maxKeysPerAccount;
  }

  async #purge(): Promise<void> {
    const { keptMs, purgedAtOnce } = this.#bounds;
    await this.#sql`
      delete from idempotency_key where ctid = any(array(
        select ctid from idempotency_key where created_at < ${this.#fromNow(-keptMs)}
        limit ${purgedAtOnce}))`;
  }

  #isRun({ tenant, actorId, keyHash }: RepeatableRequest, runId: string) {
    return this.#sql`owner_id = ${tenant} and actor_id = ${actorId}
      and key_hash = ${keyHash}::bytea and run_id = ${runId} and state = 'running'`;
  }

  /** The database's clock, which all nodes share. */
  #fromNow(ms: number) {
    return this.#sql`now() + ${ms / 1_000}::float8 * interval '1 second'`;
  }

  async #inTime<T>(work: PromiseLike<T>): Promise<T> {
    try {
      return await withinTime(Promise.resolve(work), this.#bounds.timeoutMs);
    } catch (error) {
      if (!(error instanceof TookTooLong)) throw error;
      throw new AirlockError("upstream_failed", "look up key: the database does not answer", {
        stage: "request",
        suggestion: "Send the request again shortly, with the same key.",
        cause: error,
      });
    }
  }
}
