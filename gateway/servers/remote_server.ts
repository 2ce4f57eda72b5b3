import type { AnySql } from "../../registry/database/database.ts";
import { readDataKey } from "../../accounts/secrets/data_keys.ts";
import type { SealedDataKey } from "../../accounts/secrets/master_keys.ts";
import { type ServerRow, serverRow } from "../../accounts/servers/server_record.ts";
import { readServerTools } from "../../registry/servers/read_server_tools.ts";
import { type ServerToolRow, stateOf } from "../../registry/servers/server_tool.ts";
import { AirlockError } from "../../spec/errors.ts";
import { isJsonObject, type JsonValue } from "../../spec/json.ts";
import type { McpAnnotations, McpSourceTool } from "../../spec/mcp_source.ts";
import type { UpstreamPlace } from "../../mcp/upstream/upstream_target.ts";

/** Another server of a collection, with its tools as they are kept. */
export interface RemoteServer {
  readonly row: ServerRow;
  readonly tools: readonly ServerToolRow[];
  /** What its headers are sealed under; `null` where it has none. */
  readonly dataKey: SealedDataKey | null;
}

/** A tool of another server as it is offered, and what the server calls it. */
export interface RemoteTool extends McpSourceTool {
  readonly upstreamName: string;
  /** As it was approved. */
  readonly digest: string;
}

/** Most servers of one collection that are read. */
const MAX_SERVERS = 200;

/** Servers of a collection, those that are switched off left out. */
export async function readRemoteServers(
  sql: AnySql,
  collectionId: string,
): Promise<readonly RemoteServer[]> {
  const rows = await sql`
    select * from mcp_server where collection_id = ${collectionId} and enabled
    order by created_at, id limit ${MAX_SERVERS}`;
  const servers = rows.map((row) => serverRow.parse(row));
  const tools = await readServerTools(sql, servers.map(({ id }) => id));
  const byServer = Map.groupBy(tools, ({ server_id: id }) => id);
  // All of a collection are its account's.
  const sealed = servers.find(({ headers }) => headers !== null);
  const dataKey = sealed === undefined ? null : await readDataKey(sql, sealed.owner_id);
  return servers.map((row) => ({ row, tools: byServer.get(row.id) ?? [], dataKey }));
}

/** Tools of a server that its owner approved and offers. What the server says now changes nothing. */
export function offeredTools(
  { row, tools }: Pick<RemoteServer, "row" | "tools">,
): readonly RemoteTool[] {
  return tools.flatMap((tool) => {
    const { definition, digest } = tool;
    const isAllowed = row.allowed_tools?.includes(tool.name) ?? true;
    if (definition === null || digest === null || tool.gone || !isAllowed) return [];
    const rename = Object.hasOwn(row.renames, tool.name) ? row.renames[tool.name] : undefined;
    const standing = stateOf(tool) === "changed"
      ? "quarantined"
      : row.health === "failing"
      ? "failing"
      : undefined;
    return [{
      // Names are kept for good by key: another name needs another one.
      key: rename === undefined ? tool.id : `${tool.id}.${rename}`,
      ...{ kind: "mcp", sourceName: row.name, toolName: rename ?? tool.name },
      ...{ upstreamName: tool.name, digest, note: "" },
      displayName: typeof definition["title"] === "string" ? definition["title"] : null,
      description: typeof definition["description"] === "string" ? definition["description"] : "",
      inputSchema: schemaOf(definition["inputSchema"]),
      outputSchema: schemaOf(definition["outputSchema"]),
      ...annotationsOf(definition["annotations"]),
      ...(standing !== undefined && { standing }),
    }];
  });
}

/** Whether a server is its owner's alone: it is sent something of the owner's, or runs here. */
export function isOwnersAlone({ row }: Pick<RemoteServer, "row">): boolean {
  return row.headers !== null || row.command !== null || row.oauth;
}

/** Where a server is, with the headers that it is sent. */
export function placeOf(
  row: Pick<ServerRow, "url" | "command" | "transport">,
  headers: Readonly<Record<string, string>>,
): UpstreamPlace {
  if (row.command !== null) return { kind: "command", command: row.command };
  if (row.url === null) throw new AirlockError("internal", "connect to MCP server: it is nowhere");
  return {
    ...{ kind: "url", url: row.url, headers },
    transport: row.transport === "stdio" ? null : row.transport,
  };
}

function schemaOf(value: JsonValue | undefined) {
  return isJsonObject(value) ? value : null;
}

function annotationsOf(value: JsonValue | undefined): { readonly annotations?: McpAnnotations } {
  return isJsonObject(value) ? { annotations: value } : {};
}
