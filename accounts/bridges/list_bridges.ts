import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import {
  BRIDGE_STALE_MS,
  bridgeOwner,
  bridgeRow,
  bridgeToolRow,
  type BridgeView,
} from "./bridge_record.ts";

/** Bridges on the caller's own machines, with what they offer, by name. */
export async function listBridges(sql: AnySql, caller: Caller): Promise<BridgeView[]> {
  if (caller.kind === "anonymous") return [];
  const { tenant, userId } = bridgeOwner(caller);
  const rows = await sql`
    select id, name, client_version, os, connected_at, last_seen_at, ${
    isConnected(sql)
  } as connected
    from bridge where owner_id = ${tenant} and user_id = ${userId} order by name`;
  const bridges = rows.map((row) => bridgeRow.parse(row));
  const tools = (await sql`
    select * from bridge_tool where bridge_id = any(${bridges.map(({ id }) => id)}::text[])
    order by server_id, name`).map((row) => bridgeToolRow.parse(row));
  return bridges.map((bridge) => ({
    id: bridge.id,
    name: bridge.name,
    status: bridge.connected ? "connected" : "disconnected",
    clientVersion: bridge.client_version,
    os: bridge.os,
    connectedAt: bridge.connected_at?.toISOString() ?? null,
    lastSeenAt: bridge.last_seen_at?.toISOString() ?? null,
    tools: tools.filter((tool) => tool.bridge_id === bridge.id).map((tool) => ({
      id: tool.id,
      serverId: tool.server_id,
      name: tool.name,
      description: tool.description,
      available: tool.offered && bridge.connected,
    })),
  }));
}

/** An SQL expression over `bridge`: whether it is connected, as far as is known. */
export function isConnected(sql: AnySql) {
  return sql`(bridge.connection_id <> '' and
    bridge.last_seen_at > now() - ${BRIDGE_STALE_MS} * interval '1 millisecond')`;
}
