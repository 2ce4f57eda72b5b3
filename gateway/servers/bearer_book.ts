import type { OAuthTokens } from "@modelcontextprotocol/client";
import { z } from "zod";
import type { Accounts } from "../../accounts/accounts.ts";
import { FreshCache, type FreshCacheBounds } from "../../accounts/cache/fresh_cache.ts";
import { readDataKey } from "../../accounts/secrets/data_keys.ts";
import type { SealedDataKey } from "../../accounts/secrets/master_keys.ts";
import type { ServerRow } from "../../accounts/servers/server_record.ts";
import {
  claimRenewal,
  dropSignInGrant,
  keepSignInGrant,
  readSignInGrant,
  releaseRenewal,
  type SignInGrantRow,
} from "../../accounts/sign_ins/sign_in_grant.ts";
import {
  openFor,
  personOf,
  sealFor,
  type SignInHolder,
} from "../../accounts/sign_ins/sign_in_holder.ts";
import { renewTokens, type TokenPlace } from "../../mcp/upstream/sign_in/authorization_flow.ts";
import { signInRequired } from "../../mcp/upstream/sign_in/sign_in_errors.ts";
import type { UpstreamPool } from "../../mcp/upstream/upstream_pool.ts";
import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { isJsonObject } from "../../spec/json.ts";

/** What a {@linkcode BearerBook} works with. */
export interface BearerBookOptions {
  readonly accounts: Pick<Accounts, "sql" | "masterKeys">;
  readonly upstreams: () => Promise<UpstreamPool>;
  readonly onFailure: (error: unknown) => void;
}

/** Bounds on sign-ins kept in memory, sealed: ended anywhere, it counts within a second. */
const BOUNDS: FreshCacheBounds = {
  maxEntries: 500,
  maxAbsent: 500,
  freshMs: 1_000,
  staleMs: 60_000,
  readTimeoutMs: 2_000,
  maxReads: 16,
  retryMs: 250,
};

/** What is sealed of a sign-in. */
export interface HeldTokens {
  readonly place: TokenPlace;
  readonly tokens: OAuthTokens;
}

const heldSchema = z.custom<HeldTokens>((value) =>
  isJsonObject(value) && isJsonObject(value["place"]) && isJsonObject(value["tokens"])
);

/** Tokens are renewed this long before they end. */
const EARLY_MS = 30_000;

/** How long one node may take to renew them, and how often others look whether it has. */
const LEASE_MS = 30_000;
const LOOK_MS = 200;

/** Part of a server's row by which its tokens are found. */
export type SignedInServer = Pick<ServerRow, "id" | "collection_id" | "name" | "url" | "oauth">;

/**
 * What callers send to servers that they signed in to. Each person's is read for that person only, and
 * goes to the address that they signed in to only; renewed in time, by one at a time.
 */
export class BearerBook {
  readonly #options: BearerBookOptions;
  readonly #grants: FreshCache<KeptGrant>;
  /** As many as calls that run. */
  readonly #renewing = new Map<string, Promise<string>>();

  constructor(options: BearerBookOptions) {
    this.#options = options;
    this.#grants = new FreshCache({
      what: "sign-in",
      read: (key) => this.#read(holderSchema.parse(JSON.parse(key))),
      bounds: BOUNDS,
      nowMs: () => performance.now(),
      onFailure: options.onFailure,
    });
  }

  /**
   * The headers that carry a caller's token; none for servers that nobody signs in to.
   * @throws {AirlockError} `sign_in_required`, `upstream_failed`, `precondition_failed`.
   */
  async headersFor(caller: Caller, server: SignedInServer): Promise<Record<string, string>> {
    if (!server.oauth) return {};
    return { authorization: `Bearer ${await this.#bearerOf(caller, server)}` };
  }

  /**
   * Renews what a server has refused, once for all who were refused with it.
   * @throws {AirlockError} as {@linkcode headersFor} does.
   */
  async renew(
    caller: Caller,
    server: SignedInServer,
    { refused }: { readonly refused: string },
  ): Promise<void> {
    const { row, held } = await this.#held(caller, server);
    if (held.tokens.access_token !== refused) return;
    await this.#renewed(server, { row, held });
  }

  async #bearerOf(caller: Caller, server: SignedInServer): Promise<string> {
    const { row, held } = await this.#held(caller, server);
    const isFresh = row.expires_at === null || row.expires_at.getTime() - EARLY_MS > Date.now();
    return isFresh ? held.tokens.access_token : await this.#renewed(server, { row, held });
  }

  async #held(caller: Caller, server: SignedInServer) {
    const holder = holderOf(caller, server);
    // Whoever has just signed in does not wait.
    const kept = await this.#grants.find(keyOf(holder)) ?? await this.#read(holder);
    // A server that was moved is another one.
    if (kept === null || kept.row.url !== server.url) throw required(server);
    return { row: kept.row, held: this.#open(kept) };
  }

  #open({ row, dataKey }: KeptGrant): HeldTokens {
    const { masterKeys } = this.#options.accounts;
    return openTokens(row, { dataKey, masterKeys });
  }

  async #read(holder: SignInHolder): Promise<KeptGrant | null> {
    const { sql } = this.#options.accounts;
    const row = await readSignInGrant(sql, holder);
    const dataKey = row && await readDataKey(sql, holder.tenant);
    return row && dataKey && { row, dataKey };
  }

  #renewed(server: SignedInServer, of: Renewable): Promise<string> {
    const key = keyOf(holderOfRow(of.row));
    const running = this.#renewing.get(key);
    if (running !== undefined) return running;
    const renewing = this.#renew(server, of).finally(() => {
      this.#grants.drop(key);
      this.#renewing.delete(key);
    });
    this.#renewing.set(key, renewing);
    return renewing;
  }

  async #renew(server: SignedInServer, { row, held }: Renewable): Promise<string> {
    const { sql } = this.#options.accounts;
    const holder = holderOfRow(row);
    for (let waitedMs = 0; waitedMs < LEASE_MS; waitedMs += LOOK_MS) {
      const lease = { seenAt: row.updated_at, leaseMs: LEASE_MS };
      if (await claimRenewal(sql, holder, lease) !== null) {
        return await this.#ask(server, { row, held });
      }
      // Another node renews them: its answer is ours.
      const now = await this.#read(holder);
      if (now === null) throw required(server);
      if (now.row.updated_at > row.updated_at) return this.#open(now).tokens.access_token;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    throw required(server);
  }

  async #ask(server: SignedInServer, { row, held }: Renewable): Promise<string> {
    const { accounts: { sql, masterKeys }, upstreams } = this.#options;
    const holder = holderOfRow(row);
    const { refresh_token: refreshToken } = held.tokens;
    if (refreshToken === undefined) throw required(server);
    const fetchFn = (await upstreams()).checkedFetch;
    const tokens = await renewTokens(held.place, refreshToken, fetchFn).catch(async (error) => {
      // Whoever comes next may try at once.
      await releaseRenewal(sql, holder);
      throw error;
    });
    if (tokens === null) {
      await dropSignInGrant(sql, holder);
      throw required(server);
    }
    const kept = { refresh_token: refreshToken, ...tokens };
    await sql.begin((tx: AnySql) =>
      keepTokens(tx, { place: held.place, tokens: kept }, { ...holder, masterKeys })
    );
    return kept.access_token;
  }
}

interface KeptGrant {
  readonly row: SignInGrantRow;
  readonly dataKey: SealedDataKey;
}

interface Renewable {
  readonly row: SignInGrantRow;
  readonly held: HeldTokens;
}

const holderSchema = z.tuple([z.string(), z.string(), z.string()])
  .transform(([serverId, tenant, person]): SignInHolder => ({ serverId, tenant, person }));

function keyOf({ serverId, tenant, person }: SignInHolder): string {
  return JSON.stringify([serverId, tenant, person]);
}

function holderOfRow(row: SignInGrantRow): SignInHolder {
  return { serverId: row.server_id, tenant: row.owner_id, person: row.person };
}

/** Opens what a row holds. @throws {AirlockError} `internal` where it is another's. */
export function openTokens(
  row: SignInGrantRow,
  keys: Pick<Accounts, "masterKeys"> & { readonly dataKey: SealedDataKey },
): HeldTokens {
  const opened = openFor(row.sealed, { ...holderOfRow(row), part: "tokens", ...keys });
  return heldSchema.parse(opened);
}

/** Keeps tokens of one holder, sealed, in place of those before. */
export async function keepTokens(
  tx: AnySql,
  { place, tokens }: HeldTokens,
  { masterKeys, ...holder }: SignInHolder & Pick<Accounts, "masterKeys">,
): Promise<void> {
  const sealed = await sealFor(tx, { place, tokens }, { ...holder, part: "tokens", masterKeys });
  const seconds = tokens.expires_in;
  await keepSignInGrant(tx, holder, {
    ...{ url: place.url, issuer: place.issuer, scope: tokens.scope ?? null, sealed },
    expiresAt: seconds === undefined ? null : new Date(Date.now() + seconds * 1_000),
  });
}

/** Who a caller is at a server. */
export function holderOf(caller: Caller, { id: serverId }: Pick<ServerRow, "id">): SignInHolder {
  return { serverId, tenant: caller.tenant, person: personOf(caller) };
}

function required({ collection_id: collectionId, id: serverId, name }: SignedInServer) {
  return signInRequired({ collectionId, serverId, name });
}
