import { bridgeName } from "../../bridge/protocol.ts";

/** A server of a bridge. */
export interface BridgeServer {
  readonly bridgeId: string;
  /** As its bridge calls it. */
  readonly serverId: string;
}

/** What stands for a server of a bridge in URIs; no server of a collection has such an id. */
export function bridgeServerId({ bridgeId, serverId }: BridgeServer): string {
  return `${bridgeId}_${serverId}`;
}

/** What {@linkcode bridgeServerId} made; `null` of any other text. */
export function readBridgeServerId(text: string): BridgeServer | null {
  const [, bridgeId, serverId] = /^(brg_[0-9A-Za-z]{1,32})_(.+)$/.exec(text) ?? [];
  if (bridgeId === undefined || !bridgeName.safeParse(serverId).success) return null;
  return { bridgeId, serverId: serverId ?? "" };
}
