import type { Accounts } from "../../accounts/accounts.ts";
import { authorise } from "../../accounts/authorise.ts";
import { FreshCache, type FreshCacheBounds } from "../../accounts/cache/fresh_cache.ts";
import { notFound } from "../../accounts/require_permission.ts";
import { fillHeaders, unsealHeaders } from "../../accounts/servers/server_headers.ts";
import type { Upstream } from "../../mcp/upstream/upstream.ts";
import { statusOf, tooLate, upstreamError } from "../../mcp/upstream/upstream_errors.ts";
import type { UpstreamPool } from "../../mcp/upstream/upstream_pool.ts";
import type { UpstreamTarget } from "../../mcp/upstream/upstream_target.ts";
import { untilAborted } from "../../runtime/pool/until_aborted.ts";
import type { Caller } from "../../spec/account.ts";
import type { CallGrant } from "../../spec/call_grant.ts";
import type { CallOrigin } from "../../spec/call_origin.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { Executor } from "../../spec/execution.ts";
import type { McpToolResult } from "../../spec/mcp_content.ts";
import type { McpAudience, McpSource, McpSourceTool, McpToolCall } from "../../spec/mcp_source.ts";
import { joinSignals } from "../join_signals.ts";
import { askedToSignIn } from "../servers/asked_to_sign_in.ts";
import { BearerBook } from "../servers/bearer_book.ts";
import {
  isOwnersAlone,
  offeredTools,
  placeOf,
  readRemoteServers,
  type RemoteServer,
  type RemoteTool,
} from "../servers/remote_server.ts";
import type { McpCollection } from "./mcp_collection.ts";
import type { McpCollections } from "./mcp_collections.ts";
import { refusal } from "./refusal.ts";
import { textOfResult } from "./text_of_result.ts";
import { RemoteRefresh } from "./remote_refresh.ts";

/** What calls of tools of other servers are made with. */
export interface RemoteSourceOptions {
  readonly collections: McpCollections;
  readonly accounts: Pick<Accounts, "sql" | "masterKeys">;
  readonly executor: Executor;
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
  readonly onFailure: (error: unknown) => void;
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

interface ServedRemote {
  readonly collection: McpCollection;
  readonly server: RemoteServer;
  readonly tool: RemoteTool;
}

/** Tools of other MCP servers: listed from what is kept, whatever those servers are doing. */
export class RemoteSource implements McpSource {
  readonly #options: RemoteSourceOptions;
  readonly #servers: FreshCache<readonly RemoteServer[]>;
  readonly #refresh: RemoteRefresh;
  readonly #bearers: BearerBook;

  constructor(options: RemoteSourceOptions) {
    this.#options = options;
    const { accounts: { sql }, onFailure } = options;
    this.#servers = new FreshCache({
      what: "MCP servers",
      read: (id) => readRemoteServers(sql, id),
      bounds: BOUNDS,
      nowMs: () => performance.now(),
      onFailure,
    });
    this.#bearers = new BearerBook(options);
    this.#refresh = new RemoteRefresh({
      ...options,
      sql,
      onRefreshed: (collectionId) => this.#servers.drop(collectionId),
    });
  }

  async listTools({ caller, collectionId }: McpAudience): Promise<readonly McpSourceTool[]> {
    const served = await this.#served(caller, collectionId);
    return served.map(({ tool }) => tool);
  }

  async callTool(call: McpToolCall): Promise<McpToolResult> {
    const { executor, grantThrough, originOf, stop } = this.#options;
    const { caller, collectionId } = call.audience;
    const served = await this.#served(caller, collectionId);
    const found = served.find(({ tool }) => tool.key === call.key);
    if (found === undefined) throw notFound("tool");
    const { collection, server: { row }, tool } = found;
    if (tool.standing === "quarantined") throw quarantined(tool);
    const [grant, origin] = await Promise.all([
      grantThrough(caller, collection),
      originOf(caller, collection),
    ]);
    using joined = joinSignals(call.signal, stop);
    let answered: McpToolResult | undefined;
    const result = await executor.execute(
      { packageName: row.name, name: tool.upstreamName, params: call.args, env: {} },
      {
        ...{ tenant: caller.tenant, requestId: call.requestId, grant, origin },
        signal: joined.signal,
        elsewhere: {
          source: "mcp",
          run: async (signal) => {
            answered = await this.#run(call, { found, grant, signal });
            const failure = answered.isError === true ? textOfResult(answered) : null;
            return { output: { ...answered, content: [...answered.content] }, failure };
          },
        },
      },
    );
    if (result.success || result.code === "tool_error") {
      if (answered !== undefined) return answered;
    }
    throw refusal(result);
  }

  async #run(
    { audience: { caller }, args, onLog, onProgress }: McpToolCall,
    { found, grant, signal }: {
      readonly found: ServedRemote;
      readonly grant: CallGrant;
      readonly signal: AbortSignal;
    },
  ): Promise<McpToolResult> {
    const { server: { row }, tool, collection } = found;
    const limits = [row.timeout_ms, collection.defaults.limits?.timeoutMs];
    const timeoutMs = Math.min(
      ...[...limits, grant.ceiling?.limits?.timeoutMs].filter((limit) => limit !== undefined),
    );
    const late = AbortSignal.timeout(timeoutMs);
    using joined = joinSignals(signal, late);
    const { signal: either } = joined;
    try {
      const target = await this.#targetOf(caller, { server: found.server, grant });
      const pool = await this.#options.upstreams();
      pool.onToolsChanged = (changed) => this.#refresh.begin(changed, collection.id);
      const work = async (upstream: Upstream) => {
        // What was approved is what is called: no answer of a tool that is another by now.
        const { digests } = await untilAborted(upstream.listing(), either);
        if (digests.get(tool.upstreamName) !== tool.digest) {
          this.#refresh.begin(target, collection.id);
          throw quarantined(tool);
        }
        const name = tool.upstreamName;
        return await upstream.callTool({
          name,
          args,
          signal: either,
          timeoutMs,
          onLog,
          onProgress,
        });
      };
      return await pool.use(target, { work, signal: either }).catch(async (error) => {
        // It was refused before anything was done.
        if (!row.oauth || statusOf(error) !== 401) throw askedToSignIn(error, row);
        await this.#bearers.renew(caller, row, { refused: bearerOf(target) });
        const renewed = await this.#targetOf(caller, { server: found.server, grant });
        if (bearerOf(renewed) === bearerOf(target)) throw askedToSignIn(error, row);
        return await pool.use(renewed, { work, signal: either });
      });
    } catch (error) {
      if (late.aborted && !signal.aborted) throw tooLate("call tool of MCP server", timeoutMs);
      throw upstreamError("call tool of MCP server", error);
    }
  }

  /** Servers whose tools the caller may call, asked behind its back for what is new. */
  async #served(caller: Caller, collectionId: string | null): Promise<readonly ServedRemote[]> {
    const found: ServedRemote[] = [];
    for (const collection of await this.#options.collections.servedTo(caller, collectionId)) {
      for (const server of await this.#servers.find(collection.id) ?? []) {
        if (!isOpenTo(caller, { server, collection })) continue;
        this.#refresh.consider(server.row, async () => {
          const grant = await this.#options.grantThrough(caller, collection);
          return this.#targetOf(caller, { server, grant });
        });
        for (const tool of offeredTools(server)) found.push({ collection, server, tool });
      }
    }
    return found;
  }

  async #targetOf(
    caller: Caller,
    { server, grant }: { readonly server: RemoteServer; readonly grant: CallGrant },
  ): Promise<UpstreamTarget> {
    const { row, dataKey } = server;
    const { masterKeys } = this.#options.accounts;
    const own = fillHeaders(unsealHeaders(row, { dataKey, masterKeys }), grant.secrets);
    const headers = row.oauth ? { ...own, ...await this.#bearers.headersFor(caller, row) } : own;
    return { serverId: row.id, tenant: caller.tenant, place: placeOf(row, headers) };
  }
}

/** The token that goes with a connection. */
function bearerOf({ place }: UpstreamTarget): string {
  const { authorization = "" } = place.kind === "url" ? place.headers : {};
  return authorization.slice("Bearer ".length);
}

/** What a server is sent of its owner's, and what runs here, is for the owner's account only. */
function isOpenTo(
  caller: Caller,
  { server, collection }: Pick<ServedRemote, "server" | "collection">,
): boolean {
  const { id: collectionId, ownerId: tenant } = collection;
  const visibility = isOwnersAlone(server) ? "private" : collection.visibility;
  return authorise(caller, "execute-mcp", { kind: "tool", tenant, visibility, collectionId })
    .allowed;
}

function quarantined({ sourceName, upstreamName: tool }: RemoteTool): AirlockError {
  return new AirlockError(
    "quarantined",
    "call tool of MCP server: it is another than was approved",
    {
      stage: "resolve",
      suggestion: "The collection's owner can look at it with `airlock mcp test` and accept it.",
      details: { server: sourceName, tool },
    },
  );
}
