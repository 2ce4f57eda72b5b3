import type { Accounts } from "../../accounts/accounts.ts";
import { authorise } from "../../accounts/authorise.ts";
import { FreshCache, type FreshCacheBounds } from "../../accounts/cache/fresh_cache.ts";
import type { Upstream, UpstreamChange, UpstreamRequest } from "../../mcp/upstream/upstream.ts";
import { tooLate, upstreamError } from "../../mcp/upstream/upstream_errors.ts";
import type { UpstreamPool } from "../../mcp/upstream/upstream_pool.ts";
import type { UpstreamTarget } from "../../mcp/upstream/upstream_target.ts";
import type { Caller } from "../../spec/account.ts";
import type { CallGrant } from "../../spec/call_grant.ts";
import type { CallOrigin } from "../../spec/call_origin.ts";
import type { McpAsking } from "../../spec/mcp_asking.ts";
import type { McpAudience } from "../../spec/mcp_source.ts";
import { joinSignals } from "../join_signals.ts";
import { isOwnersAlone, readRemoteServers, type RemoteServer } from "../servers/remote_server.ts";
import { askedBy } from "./asked_by.ts";
import type { McpCollection } from "./mcp_collection.ts";
import type { McpCollections } from "./mcp_collections.ts";
import { RemoteRefresh } from "./remote_refresh.ts";
import { RemoteTargets } from "./remote_targets.ts";

/** What other servers are reached with. */
export interface RemoteReachOptions {
  readonly collections: McpCollections;
  readonly accounts: Pick<Accounts, "sql" | "masterKeys">;
  /** Opened by the first call. */
  readonly upstreams: () => Promise<UpstreamPool>;
  /** What goes with a call of that caller through the collection. */
  readonly grantThrough: (caller: Caller, collection: McpCollection) => Promise<CallGrant>;
  readonly originOf: (
    caller: Caller,
    collection: McpCollection,
  ) => Promise<CallOrigin | undefined>;
  /** Aborts when calls that still run must stop. */
  readonly stop: AbortSignal;
  /** Told when what a server of the collection offers is otherwise. */
  readonly onChanged: (collectionId: string) => void;
  /** Told what a server says to have changed. */
  readonly onServerChange: (target: UpstreamTarget, change: UpstreamChange) => void;
  readonly onFailure: (error: unknown) => void;
}

/** A server that a caller may use, and through which collection. */
export interface ServedServer {
  readonly collection: McpCollection;
  readonly server: RemoteServer;
}

/** One use of a server. */
export interface ReachedUse<T> {
  readonly caller: Caller;
  readonly grant: CallGrant;
  readonly signal: AbortSignal;
  readonly client: McpAsking | undefined;
  /** In words, for errors. */
  readonly what: string;
  readonly work: (
    upstream: Upstream,
    how: UpstreamRequest & { readonly target: UpstreamTarget },
  ) => Promise<T>;
}

/** Bounds on remembering servers: changed anywhere, it counts within a second. */
const BOUNDS: FreshCacheBounds = {
  maxEntries: 300,
  maxAbsent: 1,
  freshMs: 1_000,
  staleMs: 600_000,
  readTimeoutMs: 2_000,
  maxReads: 16,
  retryMs: 250,
};

/** Other servers of collections: who may use which, and how each is reached. */
export class RemoteReach {
  readonly #options: RemoteReachOptions;
  readonly #servers: FreshCache<readonly RemoteServer[]>;
  readonly #refresh: RemoteRefresh;
  readonly #targets: RemoteTargets;

  constructor(options: RemoteReachOptions) {
    this.#options = options;
    const { accounts: { sql }, onFailure } = options;
    this.#servers = new FreshCache({
      what: "MCP servers",
      read: (id) => readRemoteServers(sql, id),
      bounds: BOUNDS,
      nowMs: () => performance.now(),
      onFailure,
    });
    this.#targets = new RemoteTargets(options);
    this.#refresh = new RemoteRefresh({
      ...options,
      sql,
      onRefreshed: (collectionId, changed) => {
        this.#servers.drop(collectionId);
        if (changed) options.onChanged(collectionId);
      },
    });
  }

  /**
   * Servers that the audience may use, asked behind its back for what is new.
   * @throws {AirlockError} `not_found`, `permission_denied`, `upstream_failed`.
   */
  async serversFor({ caller, collectionId }: McpAudience): Promise<readonly ServedServer[]> {
    const found: ServedServer[] = [];
    for (const collection of await this.#options.collections.servedTo(caller, collectionId)) {
      for (const server of await this.#servers.find(collection.id) ?? []) {
        if (!isOpenTo(caller, { server, collection })) continue;
        this.#refresh.consider(server.row, async () => {
          const grant = await this.#options.grantThrough(caller, collection);
          return this.#targets.targetOf(caller, { server, grant });
        });
        found.push({ collection, server });
      }
    }
    return found;
  }

  /** Those of them that offer more than tools: where an owner has said which, nothing else is offered. */
  async librariesFor(audience: McpAudience): Promise<readonly ServedServer[]> {
    const servers = await this.serversFor(audience);
    return servers.filter(({ server: { row } }) => row.allowed_tools === null);
  }

  /** What goes with a call of that caller, and what the log says of it. */
  async contextOf(
    caller: Caller,
    { collection }: ServedServer,
  ): Promise<{ readonly grant: CallGrant; readonly origin: CallOrigin | undefined }> {
    const { grantThrough, originOf } = this.#options;
    const [grant, origin] = await Promise.all([
      grantThrough(caller, collection),
      originOf(caller, collection),
    ]);
    return { grant, origin };
  }

  /** Begins to read anew what a server offers. */
  refresh(target: UpstreamTarget): void {
    this.#refresh.begin(target);
  }

  /**
   * Does something with a connection to a server, within its time.
   * @throws {AirlockError} in our words, whatever went wrong.
   */
  async use<T>(served: ServedServer, use: ReachedUse<T>): Promise<T> {
    const { caller, grant, signal, client, what, work } = use;
    const { server, collection } = served;
    const limits = [server.row.timeout_ms, collection.defaults.limits?.timeoutMs];
    const timeoutMs = Math.min(
      ...[...limits, grant.ceiling?.limits?.timeoutMs].filter((limit) => limit !== undefined),
    );
    const late = AbortSignal.timeout(timeoutMs);
    using joined = joinSignals(signal, late);
    const { signal: either } = joined;
    try {
      const sent = { server, grant, client };
      const target = await this.#targets.targetOf(caller, sent);
      const pool = await this.#pool();
      const ask = client && askedBy(server.row.name, client);
      const useOf = (target: UpstreamTarget) =>
        pool.use(target, {
          work: (upstream) => work(upstream, { signal: either, timeoutMs, ask, target }),
          signal: either,
        });
      return await useOf(target).catch(async (error) =>
        await useOf(await this.#targets.renewedTarget(caller, { ...sent, target, error }))
      );
    } catch (error) {
      if (late.aborted && !signal.aborted) throw tooLate(what, timeoutMs);
      throw upstreamError(what, error);
    }
  }

  /**
   * Does something with a connection for as long as it takes.
   * @throws what the connection throws.
   */
  async stay(
    { server, collection }: ServedServer,
    { caller, signal, work }: Pick<ReachedUse<void>, "caller" | "signal"> & {
      readonly work: (upstream: Upstream) => Promise<void>;
    },
  ): Promise<void> {
    const grant = await this.#options.grantThrough(caller, collection);
    const pool = await this.#pool();
    await pool.use(await this.#targets.targetOf(caller, { server, grant }), { work, signal });
  }

  async #pool(): Promise<UpstreamPool> {
    const pool = await this.#options.upstreams();
    pool.onChange = (target, change) => {
      this.#options.onServerChange(target, change);
      if (change.kind !== "resource") this.#refresh.begin(target);
    };
    return pool;
  }
}

/** What a server is sent of its owner's, and what runs here, is for the owner's account only. */
function isOpenTo(caller: Caller, { server, collection }: ServedServer): boolean {
  const { id: collectionId, ownerId: tenant } = collection;
  const visibility = isOwnersAlone(server) ? "private" : collection.visibility;
  return authorise(caller, "execute-mcp", { kind: "tool", tenant, visibility, collectionId })
    .allowed;
}
