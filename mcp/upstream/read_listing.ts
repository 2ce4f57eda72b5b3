import type { Client } from "@modelcontextprotocol/client";
import { z } from "zod";
import { type ListedTool, listedTool, toolText } from "./listed_tool.ts";
import { beyond } from "./upstream_errors.ts";
import type { UpstreamLimits } from "./upstream_limits.ts";

const pageSchema = z.looseObject({
  tools: z.array(z.unknown()),
  nextCursor: z.string().optional(),
});

/** What is asked for a list. */
export type Listing = Pick<Client, "request">;

/**
 * Reads all pages of a server's tools, within bounds. A name that comes twice counts once.
 * @throws {AirlockError} `resource_limit` where there is more than is taken from one server: nothing of
 * a list is better than a part that the server chose.
 */
export async function readListing(
  client: Listing,
  { limits, signal }: { readonly limits: UpstreamLimits; readonly signal: AbortSignal },
): Promise<readonly ListedTool[]> {
  const found = new Map<string, ListedTool>();
  let cursor: string | undefined;
  let bytes = 0;
  for (let page = 0; page < limits.pages; page++) {
    const answer = await client.request(
      { method: "tools/list", params: cursor === undefined ? {} : { cursor } },
      // One tool that is none would cost the SDK the whole list.
      pageSchema,
      { signal, timeout: limits.listTimeoutMs },
    );
    for (const said of answer.tools) {
      const tool = listedTool(said);
      if (tool === null || found.has(tool.name)) continue;
      const size = JSON.stringify(toolText(tool)).length;
      bytes += size;
      if (size > limits.definitionBytes) throw beyond("definitionBytes", limits.definitionBytes);
      if (bytes > limits.listBytes) throw beyond("listBytes", limits.listBytes);
      if (found.size >= limits.tools) throw beyond("tools", limits.tools);
      found.set(tool.name, tool);
    }
    cursor = answer.nextCursor;
    if (cursor === undefined) return [...found.values()];
  }
  throw beyond("pages", limits.pages);
}
