import type { Accounts } from "../../accounts/accounts.ts";
import { notFound } from "../../accounts/require_permission.ts";
import type { Metering } from "../../accounts/metering.ts";
import { type LibraryRequest, libraryRequest } from "../../bridge/protocol/library_request.ts";
import type { Executor } from "../../spec/execution.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { McpLibrary, McpLibraryCall, McpOffers } from "../../spec/mcp_library.ts";
import type { McpAudience } from "../../spec/mcp_source.ts";
import { joinSignals } from "../join_signals.ts";
import { requestElsewhere } from "../mcp/use_elsewhere.ts";
import { notConnected, notForBridges, tooOldForLibrary } from "./bridge_errors.ts";
import type { BridgeRoutes } from "./bridge_routes.ts";
import { type BridgeServer, bridgeServerId, readBridgeServerId } from "./bridge_server_id.ts";
import type { OfferShelf, ShelvedServer } from "./offer_shelf.ts";
import type { ServedBridges } from "./served_bridges.ts";

/** What resources and prompts of bridges are asked for with. */
export interface BridgeLibraryOptions {
  readonly accounts: Pick<Accounts, "grantThrough">;
  readonly metering?: Pick<Metering, "originOf">;
  /** Counts, bounds and logs what is asked for as calls are. */
  readonly executor: Executor;
  readonly routes: BridgeRoutes;
  readonly served: ServedBridges;
  readonly shelf: OfferShelf;
  /** Aborts when requests that still run must stop. */
  readonly stop: AbortSignal;
}

/** A server of a bridge in a collection. */
interface Place extends BridgeServer {
  readonly collectionId: string;
  /** Its tools that are in the collection as they are now. */
  readonly tools: ReadonlySet<string>;
}

/**
 * Resources and prompts on the machines of users, for whom their tools are. A server of which a
 * collection has not all tools shares nothing else through it: more would widen what somebody narrowed.
 */
export class BridgeLibrary implements McpLibrary {
  readonly #options: BridgeLibraryOptions;

  constructor(options: BridgeLibraryOptions) {
    this.#options = options;
  }

  owns(serverId: string): boolean {
    return readBridgeServerId(serverId) !== null;
  }

  async listOffers(audience: McpAudience): Promise<readonly McpOffers[]> {
    const found = new Map<string, McpOffers>();
    for (const place of this.#sharing(await this.#placesFor(audience))) {
      const serverId = bridgeServerId(place);
      const offers = this.#offersOf(place);
      if (offers === undefined || found.has(serverId)) continue;
      const { resources, prompts } = offers;
      found.set(serverId, {
        ...{ serverId, sourceName: place.serverId, resources, templates: [], prompts },
      });
    }
    return [...found.values()];
  }

  async request(call: McpLibraryCall): Promise<JsonObject> {
    const { accounts, metering, executor, routes, shelf, stop } = this.#options;
    const { audience: { caller }, method, params, requestId } = call;
    const place = await this.#placeFor(call);
    const { bridgeId, serverId, collectionId } = place;
    if (!(shelf.of(bridgeId)?.answers ?? false)) throw tooOldForLibrary();
    const request = readRequest(method, params);
    const [grant, origin] = await Promise.all([
      accounts.grantThrough(caller, { collectionId, action: "execute-mcp" }),
      metering?.originOf(caller, "mcp", { collectionId }),
    ]);
    using joined = joinSignals(call.signal, stop);
    return await requestElsewhere(executor, {
      ...{ source: "bridge", server: serverId, name: method, params },
      ...{ caller, requestId, grant, origin, signal: joined.signal },
      run: (signal) => routes.ask(bridgeId, { caller, serverId, request, signal }),
    });
  }

  /** Where that server is served; decided anew. */
  async #placeFor({ audience, serverId }: McpLibraryCall): Promise<Place> {
    const places = await this.#placesFor(audience);
    const sharing = this.#sharing(places).find((place) => bridgeServerId(place) === serverId);
    if (sharing !== undefined) return sharing;
    // Nothing was heard of it since this gateway runs: it is not connected.
    const bridgeId = readBridgeServerId(serverId)?.bridgeId;
    const isServed = places.some((place) => place.bridgeId === bridgeId);
    if (isServed && this.#options.shelf.of(bridgeId ?? "") === undefined) throw notConnected();
    throw notFound("server");
  }

  /**
   * Servers that collections have whole. With the last of a bridge's tools a collection has its servers
   * without tools too: there is nothing of them that anybody could have left out.
   */
  #sharing(places: readonly Place[]): readonly Place[] {
    const whole = places.filter((place) => isWhole(place, this.#offersOf(place)));
    const bridges = Map.groupBy(whole, (place) => `${place.collectionId} ${place.bridgeId}`);
    const others = [...bridges.values()].flatMap((taken) => {
      const [{ collectionId, bridgeId } = { collectionId: "", bridgeId: "" }] = taken;
      const { servers = [] } = this.#options.shelf.of(bridgeId) ?? {};
      const [bare, more] = [servers.filter(isBare), servers.filter((one) => !isBare(one))];
      if (!more.every(({ id }) => taken.some(({ serverId }) => serverId === id))) return [];
      return bare.map(({ id: serverId, tools }) => ({ collectionId, bridgeId, serverId, tools }));
    });
    return [...whole, ...others];
  }

  #offersOf({ bridgeId, serverId }: BridgeServer): ShelvedServer | undefined {
    return this.#options.shelf.of(bridgeId)?.servers.find(({ id }) => id === serverId);
  }

  async #placesFor(audience: McpAudience): Promise<readonly Place[]> {
    const places = new Map<string, Place & { readonly tools: Set<string> }>();
    for (const tool of await this.#options.served.placesFor(audience)) {
      const { collectionId, bridgeId, serverId, name, offered, changed } = tool;
      const key = JSON.stringify([collectionId, bridgeId, serverId]);
      const place = places.get(key) ?? { collectionId, bridgeId, serverId, tools: new Set() };
      places.set(key, place);
      if (offered && !changed) place.tools.add(name);
    }
    return [...places.values()];
  }
}

function isWhole({ tools }: Place, offers: ShelvedServer | undefined): boolean {
  return offers !== undefined && !isBare(offers) && offers.tools.isSubsetOf(tools);
}

function isBare({ tools }: ShelvedServer): boolean {
  return tools.size === 0;
}

function readRequest(method: McpLibraryCall["method"], params: JsonObject): LibraryRequest {
  const read = libraryRequest.safeParse({ method, params });
  if (read.success) return read.data;
  throw notForBridges(method);
}
