import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";
import { randomText, sha256 } from "../oauth/oauth_secret.ts";
import { missingScope } from "../require_permission.ts";
import { deviceRow } from "./device_login.ts";
import { readUserCode } from "./user_code.ts";

/** Wrong codes that one person may type, and the time after which they are forgotten. */
const MAX_MISSES = 10;
const MISS_SECONDS = 600;

/** A question that is shown to somebody. */
export interface OpenedLogin {
  readonly userCode: string;
  readonly machine: string;
  /** Where the machine asked from, and when. */
  readonly address: string;
  readonly askedAt: Date;
  /** What the page has to send back, once. */
  readonly request: string;
}

/**
 * The question that a code stands for. Whoever opens it first is the only one that can answer.
 * @returns `null` where there is none that this caller could answer.
 * @throws {AirlockError} `rate_limited` after too many wrong codes; `permission_denied` for who may
 * not let a machine in.
 */
export async function openDeviceLogin(
  sql: AnySql,
  caller: Caller,
  { typed }: { readonly typed: string },
): Promise<OpenedLogin | null> {
  if (!caller.scopes.has("bridge:connect")) throw missingScope(caller, "bridge:connect");
  const { tenant, userId, tier } = caller;
  const code = readUserCode(typed);
  if (code === undefined) return null;
  await countMiss(sql, caller);
  const request = randomText();
  const [found] = await sql`
    update device_login set owner_id = ${tenant}, user_id = ${userId}, tier = ${tier},
      request_hash = ${sha256(request)}
    where user_code = ${code} and decision is null and expires_at > now()
      and (owner_id is null
        or (owner_id = ${tenant} and user_id is not distinct from ${userId}))
    returning *`;
  if (found === undefined) return null;
  await takeBackMiss(sql, caller);
  const { user_code: userCode, machine, address, created_at: askedAt } = deviceRow.parse(found);
  return { userCode, machine, address, askedAt, request };
}

/** Counted before it is known whether the code is wrong: many at once must not be more than allowed. */
async function countMiss(sql: AnySql, caller: Caller): Promise<void> {
  await sql`delete from device_miss where since < now() - ${MISS_SECONDS} * interval '1 second'`;
  const [row] = await sql<{ misses: number }[]>`
    insert into device_miss (person, misses) values (${personOf(caller)}, 1)
    on conflict (person) do update set misses = least(device_miss.misses + 1, ${MAX_MISSES + 1})
    returning misses`;
  if (row === undefined || row.misses <= MAX_MISSES) return;
  throw new AirlockError("rate_limited", "find code: too many were wrong", {
    stage: "request",
    suggestion: "Wait ten minutes, then begin again with `airlock bridge login`.",
    retryAfterMs: MISS_SECONDS * 1_000,
  });
}

async function takeBackMiss(sql: AnySql, caller: Caller): Promise<void> {
  await sql`
    update device_miss set misses = greatest(misses - 1, 0) where person = ${personOf(caller)}`;
}

/** Whichever organisation they act for: it is the same person that guesses. */
function personOf({ userId, tenant }: Caller): string {
  return userId === null ? `of ${tenant}` : `user ${userId}`;
}
