import { z } from "zod";
import type { Caller } from "../../spec/account.ts";
import { isJsonObject, type JsonSchema } from "../../spec/json.ts";
import type { McpAnnotations } from "../../spec/mcp_source.ts";

/** After which a bridge that nothing was heard of is not connected, whatever the database says. */
export const BRIDGE_STALE_MS = 90_000;

/** A bridge as its owner is shown it. */
export interface BridgeView {
  readonly id: string;
  readonly name: string;
  readonly status: "connected" | "disconnected";
  readonly clientVersion: string;
  readonly os: string;
  readonly connectedAt: string | null;
  readonly lastSeenAt: string | null;
  readonly tools: readonly BridgeToolView[];
}

/** A tool of a bridge as its owner is shown it. */
export interface BridgeToolView {
  readonly id: string;
  readonly serverId: string;
  readonly name: string;
  readonly description: string;
  /** Whether it can be called now. */
  readonly available: boolean;
}

const schema = z.custom<JsonSchema>(isJsonObject);

/** A row of `bridge`. */
export const bridgeRow = z.object({
  id: z.string(),
  name: z.string(),
  connected: z.boolean(),
  client_version: z.string(),
  os: z.string(),
  connected_at: z.date().nullable(),
  last_seen_at: z.date().nullable(),
});

/** A row of `bridge_tool`. */
export const bridgeToolRow = z.object({
  id: z.string(),
  bridge_id: z.string(),
  server_id: z.string(),
  name: z.string(),
  description: z.string(),
  input_schema: schema,
  output_schema: schema.nullable(),
  annotations: z.custom<McpAnnotations>(isJsonObject),
  offered: z.boolean(),
});

/** Whose machine a bridge is on. */
export interface BridgeOwner {
  readonly tenant: string;
  /** `""` where there were no users yet. */
  readonly userId: string;
}

/** Whose machine a caller's bridges are on. */
export function bridgeOwner(caller: Caller): BridgeOwner {
  return { tenant: caller.tenant, userId: caller.userId ?? "" };
}

/**
 * Whether a caller reaches a bridge at all: whose machine it is does, other members of the account do
 * not, and nobody who is not known.
 */
export function reachesBridge(caller: Caller, owner: BridgeOwner): boolean {
  if (caller.kind === "anonymous" || caller.tenant !== owner.tenant) return false;
  return owner.userId === (caller.userId ?? "");
}
