import { createHash } from "node:crypto";
import type { AnySql } from "../../registry/database/database.ts";
import { newId } from "../../registry/database/new_id.ts";
import { canonicalJson } from "../../spec/canonical_json.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { JsonSchema } from "../../spec/json.ts";
import type { McpAnnotations } from "../../spec/mcp_source.ts";
import { lockRoom } from "../lock_room.ts";
import type { BridgeOwner } from "./bridge_record.ts";

/** Most bridges that one person has, connected or not. */
export const MAX_BRIDGES = 20;

/** A tool as a bridge registers it. */
export interface OfferedTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly outputSchema: JsonSchema | null;
  readonly annotations?: McpAnnotations;
}

/** A server of a bridge, and what it offers. */
export interface OfferedServer {
  readonly id: string;
  readonly name: string;
  readonly tools: readonly OfferedTool[];
}

/** A bridge that connects. */
export interface EnteringBridge {
  readonly owner: BridgeOwner;
  readonly name: string;
  readonly clientVersion: string;
  readonly os: string;
  /** Of this connection, unguessable. */
  readonly connectionId: string;
}

/**
 * Takes note of a bridge that has connected, in place of any connection that it had. @returns Its id.
 * @throws {AirlockError} `resource_limit` where its owner has too many.
 */
export async function enterBridge(tx: AnySql, entering: EnteringBridge): Promise<string> {
  const { owner: { tenant, userId }, name, clientVersion, os, connectionId } = entering;
  await lockRoom(tx, "bridge", { owner: [tenant, userId] });
  const [others] = await tx<{ count: number }[]>`
    select count(*)::int as count from bridge
    where owner_id = ${tenant} and user_id = ${userId} and name <> ${name}`;
  if ((others?.count ?? 0) >= MAX_BRIDGES) {
    throw new AirlockError("resource_limit", `connect bridge: there are ${MAX_BRIDGES} already`, {
      stage: "request",
      suggestion: "Use the name of one that you have.",
    });
  }
  const [row] = await tx<{ id: string }[]>`
    insert into bridge (id, owner_id, user_id, name, connection_id, client_version, os,
      connected_at, last_seen_at)
    values (${newId("brg")}, ${tenant}, ${userId}, ${name}, ${connectionId}, ${clientVersion},
      ${os}, now(), now())
    on conflict (owner_id, user_id, name) do update set connection_id = excluded.connection_id,
      client_version = excluded.client_version, os = excluded.os, connected_at = now(),
      last_seen_at = now()
    returning id`;
  if (row === undefined) throw new AirlockError("internal", "connect bridge: no row came back");
  return row.id;
}

/**
 * Keeps what a bridge offers now. Tools keep their ids; of what it offers no more, only what is in a
 * collection stays, so that a bridge that renames its tools does not fill the database.
 */
export async function keepOffered(
  tx: AnySql,
  bridgeId: string,
  { servers }: { readonly servers: readonly OfferedServer[] },
): Promise<void> {
  const rows = servers.flatMap((server) => server.tools.map((tool) => offeredRow(server, tool)));
  await tx`
    update bridge_tool set offered = false where bridge_id = ${bridgeId}`;
  await tx`
    insert into bridge_tool (id, bridge_id, server_id, server_name, name, description,
      input_schema, output_schema, annotations, definition_hash)
    select tool ->> 'id', ${bridgeId}, tool ->> 'serverId', tool ->> 'serverName', tool ->> 'name',
      tool ->> 'description', tool -> 'inputSchema', nullif(tool -> 'outputSchema', 'null'),
      tool -> 'annotations', tool ->> 'hash'
    from jsonb_array_elements(${JSON.stringify(rows)}::text::jsonb) as tool
    on conflict (bridge_id, server_id, name) do update set server_name = excluded.server_name,
      description = excluded.description, input_schema = excluded.input_schema,
      output_schema = excluded.output_schema, annotations = excluded.annotations,
      definition_hash = excluded.definition_hash, offered = true`;
  await tx`
    delete from bridge_tool where bridge_id = ${bridgeId} and not offered and not exists (
      select from collection_bridge_tool place where place.tool_id = bridge_tool.id)`;
}

/** Takes note that a bridge is still there. @returns Whether that connection is still its own. */
export async function seeBridge(
  sql: AnySql,
  { bridgeId, connectionId }: { readonly bridgeId: string; readonly connectionId: string },
): Promise<boolean> {
  const { count } = await sql`
    update bridge set last_seen_at = now()
    where id = ${bridgeId} and connection_id = ${connectionId}`;
  return count > 0;
}

/** Takes note that a connection has ended; nothing where another has taken its place. */
export async function leaveBridge(
  sql: AnySql,
  { bridgeId, connectionId }: { readonly bridgeId: string; readonly connectionId: string },
): Promise<void> {
  await sql`
    update bridge set connection_id = '', last_seen_at = now()
    where id = ${bridgeId} and connection_id = ${connectionId}`;
}

function offeredRow(server: OfferedServer, tool: OfferedTool) {
  const { name, description, inputSchema, outputSchema, annotations = {} } = tool;
  const definition = canonicalJson({ description, inputSchema, outputSchema, annotations });
  return {
    id: newId("btl"),
    ...{ serverId: server.id, serverName: server.name, name, description },
    ...{ inputSchema, outputSchema, annotations },
    hash: createHash("sha256").update(definition).digest("hex"),
  };
}
