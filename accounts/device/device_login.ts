import { z } from "zod";
import type { AnySql } from "../../registry/database/database.ts";
import { newId } from "../../registry/database/new_id.ts";
import { randomText, sha256 } from "../oauth/oauth_secret.ts";
import { oauthRefusal } from "../oauth/oauth_refusal.ts";
import { newUserCode } from "./user_code.ts";

/** How long somebody has to answer, and how often the machine may ask meanwhile. */
export const DEVICE_SECONDS = 600;
export const DEVICE_INTERVAL_SECONDS = 5;

/** Questions that wait for an answer: in all, so that codes stay rare, and from one address. */
const MAX_WAITING = 1_000;
const MAX_WAITING_PER_ADDRESS = 10;

/** The machine that asks. */
export interface AskingDevice {
  /** What its bridge is called: nothing that could talk to anybody. */
  readonly machine: string;
  readonly address: string;
  /** What counts as one caller. */
  readonly addressGroup: string;
}

/** What the machine gets: one thing to show, one to keep to itself. */
export interface DeviceCodes {
  readonly deviceCode: string;
  readonly userCode: string;
}

/** A question as it is kept. */
export const deviceRow = z.object({
  id: z.string(),
  user_code: z.string(),
  machine: z.string(),
  address: z.string(),
  owner_id: z.string().nullable(),
  user_id: z.string().nullable(),
  decision: z.enum(["allowed", "denied"]).nullable(),
  created_at: z.date(),
});

/**
 * Keeps the question of a machine that asks to be logged in.
 * @throws {AirlockError} `rate_limited` where too many wait.
 */
export async function askAsDevice(sql: AnySql, asking: AskingDevice): Promise<DeviceCodes> {
  const { machine, address, addressGroup } = asking;
  await sql`delete from device_login where expires_at < now() - interval '1 day'`;
  const deviceCode = randomText();
  const userCode = newUserCode();
  // Counted in the same statement: many at once pass the bounds by no more than there are of them.
  const [row] = await sql`
    insert into device_login (id, device_hash, user_code, machine, address, address_group,
      interval_seconds, expires_at)
    select ${newId("dvl")}, ${sha256(deviceCode)}, ${userCode}, ${machine}, ${address},
      ${addressGroup}, ${DEVICE_INTERVAL_SECONDS}, now() + ${DEVICE_SECONDS} * interval '1 second'
    where (select count(*) from device_login where decision is null and expires_at > now())
        < ${MAX_WAITING}
      and (select count(*) from device_login where decision is null and expires_at > now()
        and address_group = ${addressGroup}) < ${MAX_WAITING_PER_ADDRESS}
    on conflict (user_code) do nothing returning id`;
  // A code that is taken is as rare as it is to win by guessing one; it is told as being busy.
  if (row !== undefined) return { deviceCode, userCode };
  throw oauthRefusal("temporarily_unavailable", "too many machines wait to be allowed", {
    suggestion: "Answer or wait for those that have asked, at most ten minutes.",
  });
}
