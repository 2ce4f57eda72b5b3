import { z } from "zod";
import type { AnySql } from "../../registry/database/database.ts";
import { newId } from "../../registry/database/new_id.ts";
import { isRedirectUri } from "./redirect_uri.ts";
import { oauthRefusal } from "./oauth_refusal.ts";

/** A program that asks to be let in. */
export interface OauthClient {
  /** Random, or the HTTPS address of a document about it. */
  readonly id: string;
  /** What it calls itself: not to be believed. */
  readonly name: string;
  readonly redirectUris: readonly string[];
}

/** What is shown for a client that does not say what it is called. */
export const UNNAMED_CLIENT = "A program without a name";

/** Clients that nobody ever let in. More are not taken until some are forgotten. */
const MAX_UNUSED_CLIENTS = 1_000;

/** After which a client that nobody let in is forgotten, and one that nobody has let in any more. */
const UNUSED_HOURS = 24;
const IDLE_DAYS = 180;

const clientRow = z.object({
  id: z.string(),
  name: z.string(),
  redirect_uris: z.array(z.string()),
});

/** The registered client of that id; `null` where there is none. */
export async function readClient(sql: AnySql, id: string): Promise<OauthClient | null> {
  const [row] = await sql`select id, name, redirect_uris from oauth_client where id = ${id}`;
  if (row === undefined) return null;
  const { name, redirect_uris: redirectUris } = clientRow.parse(row);
  return { id, name, redirectUris };
}

/**
 * Registers a client (RFC 7591), and forgets those that nobody let in for a day.
 * @throws {AirlockError} `invalid_input` for addresses that no client may be sent back to;
 * `rate_limited` where too many wait to be let in.
 */
export async function registerClient(
  sql: AnySql,
  { name, redirectUris }: Omit<OauthClient, "id">,
): Promise<OauthClient & { readonly createdAt: Date }> {
  const wrong = redirectUris.find((uri) => !isRedirectUri(uri));
  if (wrong !== undefined) {
    throw oauthRefusal(
      "invalid_redirect_uri",
      "a redirect URI is not allowed",
      {
        suggestion:
          "Use https, http of 127.0.0.1, [::1] or localhost, or a scheme with a domain name.",
      },
    );
  }
  await forgetClients(sql);
  const id = newId("cli");
  // Counted in the same statement: many at once pass the bound by no more than there are of them.
  const [row] = await sql<{ created_at: Date }[]>`
    insert into oauth_client (id, name, redirect_uris)
    select ${id}, ${name}, ${[...redirectUris]}::text[]
    where (select count(*) from oauth_client where used_at is null) < ${MAX_UNUSED_CLIENTS}
    returning created_at`;
  if (row === undefined) {
    throw oauthRefusal("temporarily_unavailable", "too many clients wait to be let in");
  }
  return { id, name, redirectUris, createdAt: row.created_at };
}

async function forgetClients(sql: AnySql): Promise<void> {
  await sql`
    delete from oauth_client
    where (used_at is null and created_at < now() - ${UNUSED_HOURS} * interval '1 hour')
      or (used_at < now() - ${IDLE_DAYS} * interval '1 day'
        and not exists (select from oauth_grant
          where client_id = oauth_client.id and revoked_at is null))`;
}
