import { z } from "zod";
import type { AnySql } from "../../registry/database/database.ts";
import { newId } from "../../registry/database/new_id.ts";
import type { Caller } from "../../spec/account.ts";
import { type Actor, writeAudit } from "../audit/write_audit.ts";
import { randomText, sha256 } from "./oauth_secret.ts";
import { redirectHost } from "./redirect_uri.ts";

/** How long somebody may look at the question, and how long the code of the answer is good. */
const QUESTION_SECONDS = 600;
const CODE_SECONDS = 60;

/** What a client asks for, checked. */
export interface AuthorizationWish {
  readonly clientId: string;
  readonly clientName: string;
  readonly redirectUri: string;
  /** As the client sent it. */
  readonly state: string | null;
  readonly codeChallenge: string;
  /** `/mcp` or `/mcp/{user}/{collection}`. */
  readonly endpoint: string;
  /** The same with its origin. */
  readonly resource: string;
  /** `null`: all collections of the account. */
  readonly collectionId: string | null;
}

/** The answer to a question, and where it goes. */
export interface Decided {
  /** For the client to come for its tokens with; `null` where it is turned away. */
  readonly code: string | null;
  readonly redirectUri: string;
  readonly clientName: string;
  readonly state: string | null;
}

const questionRow = z.object({
  id: z.string(),
  client_id: z.string(),
  client_name: z.string(),
  redirect_uri: z.string(),
  state: z.string().nullable(),
  endpoint: z.string(),
  resource: z.string(),
  collection_id: z.string().nullable(),
});

/** Keeps a question that is shown to `caller`. @returns What the page has to send back, once. */
export async function askCaller(
  sql: AnySql,
  { tenant, userId }: Caller,
  wish: AuthorizationWish,
): Promise<string> {
  const request = randomText();
  await sql`delete from oauth_authorization where expires_at < now() - interval '1 day'`;
  await sql`
    insert into oauth_authorization (id, request_hash, owner_id, user_id, client_id, client_name,
      redirect_uri, state, code_challenge, endpoint, resource, collection_id, expires_at)
    values (${newId("oar")}, ${sha256(request)}, ${tenant}, ${userId}, ${wish.clientId},
      ${wish.clientName}, ${wish.redirectUri}, ${wish.state}, ${wish.codeChallenge},
      ${wish.endpoint}, ${wish.resource}, ${wish.collectionId},
      now() + ${QUESTION_SECONDS} * interval '1 second')`;
  return request;
}

/**
 * Lets the client in. @returns `null` where that was no question to this caller, or it is answered or
 * too old.
 */
export async function allowClient(
  tx: AnySql,
  actor: Actor,
  { request }: { readonly request: string },
): Promise<Decided | null> {
  const question = await takeQuestion(tx, actor.caller, { request });
  if (question === null) return null;
  const { tenant, userId, tier } = actor.caller;
  const { id, client_id: clientId, client_name: clientName, redirect_uri: redirectUri } = question;
  const grantId = newId("grt");
  const code = randomText();
  // What nobody came for in time is nothing that could be listed or revoked.
  await tx`
    delete from oauth_grant where redeemed_at is null and created_at < now() - interval '1 hour'`;
  await tx`
    insert into oauth_grant (id, owner_id, user_id, tier, client_id, client_name, redirect_host,
      endpoint, resource, collection_id)
    values (${grantId}, ${tenant}, ${userId}, ${tier}, ${clientId}, ${clientName},
      ${redirectHost(redirectUri)}, ${question.endpoint}, ${question.resource},
      ${question.collection_id})`;
  await tx`
    update oauth_authorization set grant_id = ${grantId}, code_hash = ${sha256(code)},
      expires_at = now() + ${CODE_SECONDS} * interval '1 second'
    where id = ${id}`;
  await tx`update oauth_client set used_at = now() where id = ${clientId}`;
  await writeAudit(tx, actor, {
    action: "grant.created",
    subject: { kind: "grant", id: grantId },
    details: { clientId, clientName, endpoint: question.endpoint },
  });
  return { code, redirectUri, clientName, state: question.state };
}

/** Turns the client away. @returns As {@linkcode allowClient} does. */
export async function denyClient(
  tx: AnySql,
  { caller }: Actor,
  { request }: { readonly request: string },
): Promise<Decided | null> {
  const question = await takeQuestion(tx, caller, { request });
  if (question === null) return null;
  const { client_name: clientName, redirect_uri: redirectUri, state } = question;
  return { code: null, clientName, redirectUri, state };
}

/** A question is answered once, and by whom it was asked. */
async function takeQuestion(
  tx: AnySql,
  { tenant, userId }: Caller,
  { request }: { readonly request: string },
) {
  const [row] = await tx`
    update oauth_authorization set decided_at = now()
    where request_hash = ${sha256(request)} and decided_at is null and expires_at > now()
      and owner_id = ${tenant} and user_id is not distinct from ${userId}
    returning *`;
  return row === undefined ? null : questionRow.parse(row);
}
