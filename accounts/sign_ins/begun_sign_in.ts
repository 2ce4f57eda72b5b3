import { z } from "zod";
import type { AnySql } from "../../registry/database/database.ts";
import { AirlockError } from "../../spec/errors.ts";
import { randomText, sha256 } from "../oauth/oauth_secret.ts";
import { readDataKey } from "../secrets/data_keys.ts";
import type { MasterKeys } from "../secrets/master_keys.ts";
import { openFor, sealFor, type SignInHolder } from "./sign_in_holder.ts";

/** How long somebody may take to come back. */
export const SIGN_IN_MINUTES = 10;

/** Sign-ins of one person at one server that may be open at once. */
const MAX_OPEN = 5;

const begunRow = z.object({
  server_id: z.string(),
  owner_id: z.string(),
  person: z.string(),
  sealed: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
});

/** A state as it goes through a browser, before anything is kept of it. */
export function newState(): string {
  return randomText();
}

/** Keeps a sign-in until its state comes back, for ten minutes. */
export async function keepBegun(
  tx: AnySql,
  { state, begun, ...holder }: SignInHolder & {
    readonly state: string;
    readonly begun: object;
    readonly masterKeys: MasterKeys;
  },
): Promise<void> {
  const { serverId, tenant, person } = holder;
  const sealed = await sealFor(tx, begun, { ...holder, part: "begun" });
  await tx`delete from mcp_sign_in where expires_at < now() or state_hash in (
    select state_hash from mcp_sign_in
    where server_id = ${serverId} and owner_id = ${tenant} and person = ${person}
    order by expires_at desc offset ${MAX_OPEN - 1})`;
  await tx`
    insert into mcp_sign_in (state_hash, server_id, owner_id, person, sealed, expires_at)
    values (${sha256(state)}, ${serverId}, ${tenant}, ${person}, ${sealed},
      now() + make_interval(mins => ${SIGN_IN_MINUTES}))`;
}

/**
 * Takes the sign-in of a state, once, for the person who began it; where it is another's, it stays.
 * @throws {AirlockError} `not_found`, the same for one that is another's, was used, or is too old.
 */
export async function takeBegun(
  sql: AnySql,
  { state, tenant, person, masterKeys, ...at }: Omit<SignInHolder, "serverId"> & {
    readonly state: string;
    /** The server that it must be for, where that is known. */
    readonly serverId?: string;
    readonly masterKeys: MasterKeys;
  },
): Promise<{ readonly holder: SignInHolder; readonly begun: unknown }> {
  const [row] = await sql`
    delete from mcp_sign_in
    where state_hash = ${sha256(state)} and owner_id = ${tenant} and person = ${person}
      and expires_at > now()
      and (${at.serverId ?? null}::text is null or server_id = ${at.serverId ?? null})
    returning server_id, owner_id, person, sealed`;
  if (row === undefined) throw noSignIn();
  const { server_id: serverId, sealed } = begunRow.parse(row);
  const holder = { serverId, tenant, person };
  const dataKey = await readDataKey(sql, tenant);
  if (dataKey === null) throw noSignIn();
  return { holder, begun: openFor(sealed, { ...holder, part: "begun", masterKeys, dataKey }) };
}

function noSignIn(): AirlockError {
  return new AirlockError("not_found", "finish sign-in: you have begun none with this answer", {
    stage: "request",
    suggestion: "Begin again, and open the address as the person who began.",
  });
}
