import { FreshCache } from "../../accounts/cache/fresh_cache.ts";
import { notFound } from "../../accounts/require_permission.ts";
import type { AnySql } from "../../registry/database/database.ts";
import { readOffersOf, type ServerOffers } from "../../registry/servers/server_offers.ts";
import type { Executor } from "../../spec/execution.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { McpLibrary, McpLibraryCall, McpOffers } from "../../spec/mcp_library.ts";
import type { McpAudience } from "../../spec/mcp_source.ts";
import { joinSignals } from "../join_signals.ts";
import { SERVED_BOUNDS } from "./mcp_collections.ts";
import type { RemoteReach } from "./remote_reach.ts";
import { requestElsewhere } from "./use_elsewhere.ts";

/** What resources and prompts of other servers are asked for with. */
export interface RemoteLibraryOptions {
  readonly reach: RemoteReach;
  readonly sql: AnySql;
  readonly executor: Executor;
  /** Aborts when requests that still run must stop. */
  readonly stop: AbortSignal;
  readonly onFailure: (error: unknown) => void;
}

/** What stands in the log of calls, and counts as one. */
const METERED: ReadonlySet<string> = new Set(["resources/read", "prompts/get"]);

/** Resources and prompts of other MCP servers: listed from what is kept, as their tools are. */
export class RemoteLibrary implements McpLibrary {
  readonly #options: RemoteLibraryOptions;
  readonly #offers: FreshCache<ReadonlyMap<string, ServerOffers>>;

  constructor(options: RemoteLibraryOptions) {
    this.#options = options;
    const { sql, onFailure } = options;
    this.#offers = new FreshCache({
      what: "offers of MCP servers",
      read: (collectionId) => readOffersOf(sql, collectionId),
      bounds: SERVED_BOUNDS,
      nowMs: () => performance.now(),
      onFailure,
    });
  }

  owns(serverId: string): boolean {
    return serverId.startsWith("srv_");
  }

  async listOffers(audience: McpAudience): Promise<readonly McpOffers[]> {
    const found: McpOffers[] = [];
    for (
      const { collection, server: { row } } of await this.#options.reach.librariesFor(audience)
    ) {
      const offers = (await this.#offers.find(collection.id))?.get(row.id);
      if (offers !== undefined) found.push({ serverId: row.id, sourceName: row.name, ...offers });
    }
    return found;
  }

  async request(call: McpLibraryCall): Promise<JsonObject> {
    const { executor, reach, stop } = this.#options;
    const { audience: { caller }, method, params, requestId, client } = call;
    const served = (await reach.librariesFor(call.audience))
      .find(({ server: { row } }) => row.id === call.serverId);
    if (served === undefined) throw notFound("server");
    const { grant, origin } = await reach.contextOf(caller, served);
    using joined = joinSignals(call.signal, stop);
    const ask = (signal: AbortSignal) =>
      reach.use(served, {
        ...{ caller, grant, signal, client, what: `ask MCP server for ${method}` },
        work: (upstream, how) => upstream.request(method, params, how),
      });
    if (!METERED.has(method)) return await ask(joined.signal);
    return await requestElsewhere(executor, {
      ...{ source: "mcp", server: served.server.row.name, name: method, params },
      ...{ caller, requestId, grant, origin, signal: joined.signal },
      run: ask,
    });
  }
}
