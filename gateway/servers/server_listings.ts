import type { Sql } from "../../registry/database/database.ts";
import type { ListedDefinition } from "../../registry/servers/listed_definition.ts";
import {
  type ListingChange,
  recordFailure,
  recordListing,
} from "../../registry/servers/record_listing.ts";
import { recordOffers } from "../../registry/servers/server_offers.ts";
import { toolText } from "../../mcp/upstream/listed_tool.ts";
import type { Upstream } from "../../mcp/upstream/upstream.ts";
import { upstreamError } from "../../mcp/upstream/upstream_errors.ts";
import type { AirlockError } from "../../spec/errors.ts";

/**
 * Lists the tools of a server on an open connection, and notes what is otherwise than approved; then
 * what it offers beside them.
 * @throws what the connection throws.
 */
export async function takeListing(
  sql: Sql,
  upstream: Upstream,
  { serverId }: { readonly serverId: string },
): Promise<ListingChange> {
  const { tools, digests } = await upstream.listing({ fresh: true });
  const definitions = tools.map((tool): ListedDefinition => ({
    name: tool.name,
    definition: toolText(tool),
    digest: digests.get(tool.name) ?? "",
  }));
  const { transport, about } = upstream;
  const change = await recordListing(sql, {
    ...{ serverId, transport, about: { ...about }, tools: definitions },
  });
  try {
    const isOther = await recordOffers(sql, { serverId, offers: await upstream.offers() });
    return { ...change, changed: change.changed || isOther };
  } catch {
    // Its tools are known, and what it offered before is still kept: both go on being served.
    return change;
  }
}

/** Notes that a server could not be asked, and says why in our words. */
export async function takeFailure(
  sql: Sql,
  error: unknown,
  { serverId }: { readonly serverId: string },
): Promise<AirlockError> {
  const said = upstreamError("ask MCP server", error);
  await recordFailure(sql, { serverId, code: said.code, error: said.message });
  return said;
}
