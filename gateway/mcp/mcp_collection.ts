import { z } from "zod";
import {
  collectionRow,
  VISIBILITIES,
  type Visibility,
} from "../../accounts/collections/collection_record.ts";
import type { MetaToolsMode } from "../../mcp/meta_tools/meta_tools_mode.ts";
import type { AnySql } from "../../registry/database/database.ts";
import type { CallDefaults } from "../../spec/call_grant.ts";
import { isJsonObject, type JsonSchema } from "../../spec/json.ts";
import type { McpSourceTool } from "../../spec/mcp_source.ts";

/** A tool of a collection, and whose it is. */
export interface McpCollectionTool extends McpSourceTool {
  /** `null`: of a public registry. */
  readonly ownerId: string | null;
  readonly visibility: Visibility;
}

/** A collection as it is served over MCP: the same for whoever asks. */
export interface McpCollection {
  readonly id: string;
  readonly ownerId: string;
  readonly visibility: Visibility;
  readonly name: string;
  readonly description: string;
  readonly metaTools: MetaToolsMode;
  /** What calls through it may do and use where they ask for nothing themselves. */
  readonly defaults: CallDefaults;
  /** In the collection's order. */
  readonly tools: readonly McpCollectionTool[];
}

const schema = z.custom<JsonSchema>(isJsonObject).nullable().catch(null);

const toolRow = z.object({
  id: z.string(),
  display_name: z.string().nullable(),
  note: z.string(),
  description: z.string(),
  package_name: z.string(),
  version: z.string(),
  name: z.string(),
  source: z.enum(["npm", "esm", "inline", "wasm", "mcp", "bridge", "http"]),
  input_schema: schema,
  output_schema: schema,
  owner_id: z.string().nullable(),
  visibility: z.enum(VISIBILITIES),
});

/** The collection of that id; `null` where there is none. Whoever asks decides who is served. */
export async function readMcpCollection(sql: AnySql, id: string): Promise<McpCollection | null> {
  const [row] = await sql`select * from collection where id = ${id}`;
  if (row === undefined) return null;
  const collection = collectionRow.parse(row);
  const rows = await sql`
    select tools.id, place.display_name, place.note, tools.description, tools.package_name,
      tools.version, tools.name, tools.source, tools.input_schema, tools.output_schema,
      tools.owner_id, tools.visibility
    from collection_tool as place join tools on tools.id = place.tool_id
    where place.collection_id = ${id} order by place.position`;
  const { name, description, visibility, permissions, limits } = collection;
  return {
    ...{ id, name, description, visibility },
    ownerId: collection.owner_id,
    metaTools: collection.meta_tools,
    defaults: { permissions, limits },
    tools: rows.map(read),
  };
}

function read(row: unknown): McpCollectionTool {
  const tool = toolRow.parse(row);
  return {
    key: tool.id,
    kind: tool.source,
    sourceName: tool.package_name,
    toolName: tool.name,
    version: tool.version,
    displayName: tool.display_name,
    description: tool.description,
    note: tool.note,
    inputSchema: tool.input_schema,
    outputSchema: tool.output_schema,
    ownerId: tool.owner_id,
    visibility: tool.visibility,
  };
}

/** What a path names: `user` is an account or the slug of an organisation. */
export interface CollectionPath {
  readonly user: string;
  /** Id or slug. */
  readonly collection: string;
}

/** Id of the collection that a path names; `null` where there is none. */
export async function readCollectionId(
  sql: AnySql,
  { user, collection }: CollectionPath,
): Promise<string | null> {
  const [row] = await sql<{ id: string }[]>`
    select id from collection
    where (id = ${collection} or slug = ${collection}) and owner_id in (
      select ${user}::text
      union all select tenant from account_setting where id = ${user}
      union all select setting.tenant from organization
        join account_setting setting on setting.id = organization.id
        where organization.slug = ${user})
    order by (owner_id = ${user}) desc, (id = ${collection}) desc limit 1`;
  return row?.id ?? null;
}

/** Most collections that are served together. */
const MAX_COLLECTIONS = 500;

/** Ids of an account's collections, the oldest first: what came first keeps its tools' ways. */
export async function readCollectionIds(sql: AnySql, tenant: string): Promise<readonly string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from collection where owner_id = ${tenant}
    order by created_at, id limit ${MAX_COLLECTIONS}`;
  return rows.map(({ id }) => id);
}
