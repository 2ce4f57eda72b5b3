import { z } from "zod";
import type { Resource } from "../resource.ts";

/** How a server is spoken to. */
export const SERVER_TRANSPORTS = ["streamable-http", "sse", "stdio"] as const;

/** What is known of how a server is. */
export const SERVER_HEALTH = ["unknown", "ok", "failing"] as const;

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

const failure = z.object({ code: z.string(), error: z.string() });

const about = z.object({ name: z.string(), version: z.string(), protocol: z.string() });

/** A row of `mcp_server`. */
export const serverRow = z.object({
  id: z.string(),
  collection_id: z.string(),
  owner_id: z.string(),
  name: z.string(),
  transport: z.enum(SERVER_TRANSPORTS).nullable(),
  url: z.string().nullable(),
  command: z.array(z.string()).nullable(),
  headers: bytes.nullable(),
  header_names: z.array(z.string()),
  secret_names: z.array(z.string()),
  allowed_tools: z.array(z.string()).nullable(),
  renames: z.record(z.string(), z.string()),
  timeout_ms: z.number(),
  enabled: z.boolean(),
  oauth: z.boolean(),
  health: z.enum(SERVER_HEALTH),
  failure: failure.nullable(),
  listed_at: z.date().nullable(),
  checked_at: z.date().nullable(),
  about: about.nullable(),
  revision: z.number(),
  created_at: z.date(),
  updated_at: z.date(),
});

/** {@linkcode serverRow} read. */
export type ServerRow = z.output<typeof serverRow>;

/** A server as its own account is shown it: never with values of headers. */
export interface ServerView {
  readonly id: string;
  readonly collectionId: string;
  readonly name: string;
  readonly transport: typeof SERVER_TRANSPORTS[number] | null;
  readonly url: string | null;
  readonly command: readonly string[] | null;
  readonly headerNames: readonly string[];
  readonly allowedTools: readonly string[] | null;
  readonly renames: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly enabled: boolean;
  /** Whether calls need somebody to have signed in there. */
  readonly oauth: boolean;
  readonly health: typeof SERVER_HEALTH[number];
  readonly failure: z.output<typeof failure> | null;
  readonly about: z.output<typeof about> | null;
  readonly listedAt: string | null;
  readonly checkedAt: string | null;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What an account is shown of a server of its own. */
export function viewServer(row: ServerRow): ServerView {
  return {
    id: row.id,
    collectionId: row.collection_id,
    name: row.name,
    transport: row.transport,
    url: row.url,
    command: row.command,
    headerNames: row.header_names,
    allowedTools: row.allowed_tools,
    renames: row.renames,
    timeoutMs: row.timeout_ms,
    enabled: row.enabled,
    oauth: row.oauth,
    health: row.health,
    failure: row.failure,
    about: row.about,
    listedAt: row.listed_at?.toISOString() ?? null,
    checkedAt: row.checked_at?.toISOString() ?? null,
    revision: row.revision,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** A server as permission goes by it. */
export function serverResource(row: Pick<ServerRow, "owner_id" | "collection_id">): Resource {
  return {
    ...{ kind: "server", tenant: row.owner_id, visibility: "private" },
    collectionId: row.collection_id,
  };
}
