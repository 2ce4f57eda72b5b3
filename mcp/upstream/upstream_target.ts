import { createHash } from "node:crypto";
import type { McpAbility } from "../../spec/mcp_asking.ts";

/** How another MCP server is spoken to. */
export const UPSTREAM_TRANSPORTS = ["streamable-http", "sse", "stdio"] as const;

/** One of {@linkcode UPSTREAM_TRANSPORTS}. */
export type UpstreamTransport = typeof UPSTREAM_TRANSPORTS[number];

/** Where another MCP server is, with all that it is sent. */
export type UpstreamPlace = UrlPlace | CommandPlace;

/** A server behind a URL. */
export interface UrlPlace {
  readonly kind: "url";
  readonly url: string;
  /** `null`: found out by connecting. */
  readonly transport: "streamable-http" | "sse" | null;
  /** Sent with every request, to this origin only. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A server that is started here, by a command that the operator allows. */
export interface CommandPlace {
  readonly kind: "command";
  readonly command: readonly string[];
}

/** The one client that may be asked over a connection. */
export interface UpstreamAsker {
  readonly asker: string;
  /** Whether several may go by that name, so that only one call at a time may use a connection. */
  readonly isMany: boolean;
  readonly abilities: readonly McpAbility[];
}

/** One connection that may be wanted. */
export interface UpstreamTarget {
  readonly serverId: string;
  readonly collectionId: string;
  /** Account that the calls are for. */
  readonly tenant: string;
  readonly place: UpstreamPlace;
  /** Absent where nobody can be asked: such calls share one. */
  readonly client?: UpstreamAsker;
}

/**
 * What a connection is shared by: server, account, everything that it is opened with, and the client
 * where one can be asked. Calls with other credentials, of another account, or of a client that another
 * could answer for, never meet on one.
 */
export function connectionKey({ serverId, tenant, place, client }: UpstreamTarget): string {
  const asked = client === undefined ? [] : [client.asker, ...client.abilities];
  return JSON.stringify([serverId, tenant, credentialsDigest(place), ...asked]);
}

/** Names where a server is and what it is sent, without saying it. */
function credentialsDigest(place: UpstreamPlace): string {
  // A command is the operator's, and is sent nothing.
  if (place.kind === "command") return JSON.stringify(place.command);
  const parts = [place.url, ...Object.entries(place.headers).map(headerPair).sort().flat()];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

function headerPair([name, value]: [string, string]): string[] {
  return [name.toLowerCase(), value];
}
