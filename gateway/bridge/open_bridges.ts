import type { Accounts } from "../../accounts/accounts.ts";
import type { GatewayOptions } from "../gateway_options.ts";
import { BRIDGE_LIMITS } from "./bridge_limits.ts";
import { BridgeSource } from "./bridge_source.ts";
import { LocalBridges } from "./local_bridges.ts";

/** Bridges of one node: those that are connected, and their tools. */
export interface OpenBridges {
  readonly local: LocalBridges;
  readonly source: BridgeSource;
}

/** Opens the way to bridges. Asks the database for nothing until somebody comes. */
export function openBridges(
  { accounts, metering, executor, gate, logger, bridgeLimits = BRIDGE_LIMITS }:
    & Pick<GatewayOptions, "metering" | "executor" | "gate" | "logger" | "bridgeLimits">
    & { readonly accounts: Accounts },
): OpenBridges {
  const onFailure = (error: unknown) => logger.warn("serve bridges: {error}", { error });
  const local = new LocalBridges({ accounts, limits: bridgeLimits, onFailure });
  const source = new BridgeSource({
    ...{ accounts, metering, executor, routes: local, stop: gate.signal, onFailure },
  });
  return { local, source };
}
