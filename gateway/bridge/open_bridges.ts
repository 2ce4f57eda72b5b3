import type { Accounts } from "../../accounts/accounts.ts";
import { collectionsOfBridge } from "../../accounts/bridges/served_bridge_tools.ts";
import type { GatewayOptions } from "../gateway_options.ts";
import type { ListChanges } from "../mcp/list_changes.ts";
import { BRIDGE_LIMITS } from "./bridge_limits.ts";
import { BridgeLibrary } from "./bridge_library.ts";
import { BridgeSource } from "./bridge_source.ts";
import { LocalBridges } from "./local_bridges.ts";
import { OfferShelf } from "./offer_shelf.ts";
import { ServedBridges } from "./served_bridges.ts";

/** Bridges of one node: those that are connected, and what they offer. */
export interface OpenBridges {
  readonly local: LocalBridges;
  readonly shelf: OfferShelf;
  readonly source: BridgeSource;
  readonly library: BridgeLibrary;
}

/** Opens the way to bridges. Asks the database for nothing until somebody comes. */
export function openBridges(
  { accounts, metering, executor, gate, logger, lists, bridgeLimits = BRIDGE_LIMITS }:
    & Pick<GatewayOptions, "metering" | "executor" | "gate" | "logger" | "bridgeLimits">
    & { readonly accounts: Accounts; readonly lists: Pick<ListChanges, "tell"> },
): OpenBridges {
  const onFailure = (error: unknown) => logger.warn("serve bridges: {error}", { error });
  const shelf = new OfferShelf();
  const local = new LocalBridges({
    ...{ accounts, limits: bridgeLimits, onFailure },
    onOffered: async (bridgeId, said) => {
      if (!shelf.keep(bridgeId, said)) return;
      try {
        for (const id of await collectionsOfBridge(accounts.sql, bridgeId)) lists.tell(id);
      } catch (error) {
        // Clients see it when they list again.
        onFailure(error);
      }
    },
  });
  const served = new ServedBridges(accounts.sql, onFailure);
  const serving = { accounts, metering, executor, routes: local, served, stop: gate.signal };
  return {
    local,
    shelf,
    source: new BridgeSource(serving),
    library: new BridgeLibrary({ ...serving, shelf }),
  };
}
