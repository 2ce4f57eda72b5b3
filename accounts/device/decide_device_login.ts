import { z } from "zod";
import type { AnySql } from "../../registry/database/database.ts";
import { type Actor, writeAudit } from "../audit/write_audit.ts";
import { sha256 } from "../oauth/oauth_secret.ts";
import { missingScope } from "../require_permission.ts";

/** How long the machine has, at least, to come for what was allowed. */
const COME_SECONDS = 60;

/** What was answered. */
export interface DecidedLogin {
  readonly machine: string;
  readonly isAllowed: boolean;
}

const decidedRow = z.object({ id: z.string(), machine: z.string(), address: z.string() });

/**
 * Answers a question, once and by whom it was shown to. @returns `null` where that was no question to
 * this caller, or it is answered or too old.
 * @throws {AirlockError} `permission_denied` for who may not let a machine in any more.
 */
export async function decideDeviceLogin(
  tx: AnySql,
  actor: Actor,
  { request, isAllowed }: { readonly request: string; readonly isAllowed: boolean },
): Promise<DecidedLogin | null> {
  const { caller } = actor;
  if (!caller.scopes.has("bridge:connect")) throw missingScope(caller, "bridge:connect");
  const { tenant, userId, tier } = caller;
  const [found] = await tx`
    update device_login set decision = ${isAllowed ? "allowed" : "denied"}, tier = ${tier},
      expires_at = greatest(expires_at, now() + ${COME_SECONDS} * interval '1 second')
    where request_hash = ${sha256(request)} and decision is null and expires_at > now()
      and owner_id = ${tenant} and user_id is not distinct from ${userId}
    returning *`;
  if (found === undefined) return null;
  const { id, machine, address } = decidedRow.parse(found);
  await writeAudit(tx, actor, {
    action: isAllowed ? "device.allowed" : "device.denied",
    subject: { kind: "device", id },
    details: { machine, address },
  });
  return { machine, isAllowed };
}
