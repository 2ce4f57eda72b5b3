import { z } from "zod";
import type { Accounts } from "../../accounts/accounts.ts";
import { type Actor, writeAudit } from "../../accounts/audit/write_audit.ts";
import { findServer, type ServerTarget } from "../../accounts/servers/find_server.ts";
import { readDataKey } from "../../accounts/secrets/data_keys.ts";
import type { ServerRow } from "../../accounts/servers/server_record.ts";
import {
  keepBegun,
  newState,
  SIGN_IN_MINUTES,
  takeBegun,
} from "../../accounts/sign_ins/begun_sign_in.ts";
import {
  dropSignInGrant,
  readSignInGrant,
  type SignInGrantRow,
} from "../../accounts/sign_ins/sign_in_grant.ts";
import { personOf } from "../../accounts/sign_ins/sign_in_holder.ts";
import {
  beginFlow,
  type BegunFlow,
  endFlow,
  type OwnClient,
  revokeTokens,
} from "../../mcp/upstream/sign_in/authorization_flow.ts";
import { signInFailed } from "../../mcp/upstream/sign_in/sign_in_errors.ts";
import type { UpstreamPool } from "../../mcp/upstream/upstream_pool.ts";
import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";
import { isJsonObject } from "../../spec/json.ts";
import { holderOf, keepTokens, openTokens } from "./bearer_book.ts";

/** Where browsers come back to. */
export const SIGN_IN_CALLBACK = "/oauth/upstream/callback";

/** What a {@linkcode SignInDesk} works with. */
export interface SignInDeskOptions {
  readonly accounts: Pick<Accounts, "sql" | "masterKeys">;
  readonly upstreams: () => Promise<UpstreamPool>;
}

/** A sign-in that was begun. */
export interface OpenedSignIn {
  /** Where to go on, in a browser. */
  readonly address: string;
  readonly expiresAt: string;
}

/** Whether somebody has signed in to a server, without what they were let in with. */
export interface SignInView {
  readonly signedIn: boolean;
  readonly issuer: string | null;
  readonly scope: string | null;
  readonly expiresAt: string | null;
  readonly signedInAt: string | null;
}

const begunSchema = z.custom<BegunFlow>((value) =>
  isJsonObject(value) && typeof value["verifier"] === "string" && isJsonObject(value["metadata"])
);

/** Lets people sign in to other servers, each for themselves: every method authorises. */
export class SignInDesk {
  readonly #options: SignInDeskOptions;

  constructor(options: SignInDeskOptions) {
    this.#options = options;
  }

  /**
   * Begins to sign in. Nothing changes for calls before it is finished.
   * @throws {AirlockError} `not_found`, `permission_denied`, `upstream_failed`, `invalid_input`.
   */
  async begin(
    { caller }: Actor,
    { origin, ownClient, ...target }: ServerTarget & {
      /** Of this gateway, as browsers reach it. */
      readonly origin: string;
      readonly ownClient?: OwnClient;
    },
  ): Promise<OpenedSignIn> {
    const { accounts: { sql, masterKeys }, upstreams } = this.#options;
    const server = await findServer(sql, caller, target);
    const holder = holderOf(caller, server);
    const url = signedInUrl(server);
    const state = newState();
    const { begun, address } = await beginFlow({
      ...{ url, state, ownClient, redirectUri: `${origin}${SIGN_IN_CALLBACK}` },
    }, (await upstreams()).checkedFetch);
    await sql.begin((tx: AnySql) => keepBegun(tx, { ...holder, state, begun, masterKeys }));
    const expiresAt = new Date(Date.now() + SIGN_IN_MINUTES * 60_000).toISOString();
    return { address, expiresAt };
  }

  /**
   * Ends what was begun, with the address that a browser came back to; for one server alone where
   * that is named.
   * @throws {AirlockError} `not_found` for what somebody else began, `permission_denied`,
   * `upstream_failed`.
   */
  async finish(actor: Actor, answer: URL, target?: ServerTarget): Promise<ServerRow> {
    const { accounts: { sql, masterKeys }, upstreams } = this.#options;
    const { caller } = actor;
    const { tenant } = caller;
    const said = (name: string) => answer.searchParams.get(name) ?? undefined;
    const state = said("state") ?? "";
    const serverId = target && (await findServer(sql, caller, target)).id;
    const person = personOf(caller);
    const taken = await takeBegun(sql, { state, serverId, tenant, person, masterKeys });
    const { holder } = taken;
    const begun = begunSchema.parse(taken.begun);
    const code = said("code");
    if (code === undefined) throw denied(said("error"));
    const { checkedFetch } = await upstreams();
    const tokens = await endFlow(begun, { code, iss: said("iss") }, checkedFetch);
    const { verifier: _verifier, redirectUri: _redirectUri, ...place } = begun;
    return await sql.begin(async (tx: AnySql) => {
      const [row] = await tx<{ collection_id: string }[]>`
        update mcp_server set oauth = true, updated_at = now()
        where id = ${holder.serverId} and url = ${place.url} returning collection_id`;
      if (row === undefined) throw signInFailed("it was moved or taken out meanwhile");
      await keepTokens(tx, { place, tokens }, { ...holder, masterKeys });
      await writeAudit(tx, actor, {
        ...{ tenant, action: "server.signed_in" },
        subject: { kind: "server", id: holder.serverId },
        details: { issuer: place.issuer },
      });
      const target = { collectionId: row.collection_id, server: holder.serverId };
      return await findServer(tx, caller, target);
    });
  }

  /** Whether the caller has signed in. @throws {AirlockError} `not_found`, `permission_denied`. */
  async show(caller: Caller, target: ServerTarget): Promise<SignInView> {
    const { accounts: { sql } } = this.#options;
    const server = await findServer(sql, caller, target);
    const row = await readSignInGrant(sql, holderOf(caller, server));
    return view(row?.url === server.url ? row : null);
  }

  /** Forgets what the caller was let in with. @throws {AirlockError} `not_found`. */
  async end(actor: Actor, target: ServerTarget): Promise<SignInView> {
    const { accounts: { sql, masterKeys }, upstreams } = this.#options;
    const dropped = await sql.begin(async (tx: AnySql) => {
      const server = await findServer(tx, actor.caller, target);
      const row = await dropSignInGrant(tx, holderOf(actor.caller, server));
      if (row === null) return null;
      await writeAudit(tx, actor, {
        ...{ tenant: row.owner_id, action: "server.signed_out" },
        subject: { kind: "server", id: server.id },
      });
      const dataKey = await readDataKey(tx, row.owner_id);
      return dataKey && openTokens(row, { dataKey, masterKeys });
    });
    if (dropped !== null) {
      // Whether or not the other side hears it, nothing is held here any more.
      await revokeTokens(dropped, (await upstreams()).checkedFetch).catch(() => {});
    }
    return view(null);
  }
}

function view(row: SignInGrantRow | null): SignInView {
  return {
    signedIn: row !== null,
    issuer: row?.issuer ?? null,
    scope: row?.scope ?? null,
    expiresAt: row?.expires_at?.toISOString() ?? null,
    signedInAt: row?.created_at.toISOString() ?? null,
  };
}

function signedInUrl({ url, header_names: names }: ServerRow): string {
  if (url !== null && !names.some((name) => name.toLowerCase() === "authorization")) return url;
  const state = url === null ? "it has no URL" : "it is sent an authorization header";
  throw new AirlockError("invalid_input", `sign in to MCP server: ${state}`, {
    stage: "request",
    suggestion: "Sign in to servers that are reached by URL, without that header.",
  });
}

/** What the other side says of why is its own business, but for the code of the standard. */
function denied(error = ""): AirlockError {
  const isCode = /^[a-z_]{1,60}$/.test(error);
  const state = isCode ? `the answer is ${error}` : "the answer has no code";
  return new AirlockError("permission_denied", `sign in to MCP server: ${state}`, {
    stage: "request",
    suggestion: "Begin again, and allow it there.",
  });
}
