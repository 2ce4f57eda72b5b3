import { authorise } from "../../accounts/authorise.ts";
import { reachesBridge } from "../../accounts/bridges/bridge_record.ts";
import {
  readServedBridgeTools,
  type ServedBridgeTool,
} from "../../accounts/bridges/served_bridge_tools.ts";
import { FreshCache } from "../../accounts/cache/fresh_cache.ts";
import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import type { McpAudience } from "../../spec/mcp_source.ts";
import { SERVED_BOUNDS } from "../mcp/mcp_collections.ts";

/** What stands before the tenant where everything of an account is served: no id has a colon. */
const ACCOUNT = "account:";

/**
 * What collections have of bridges, decided anew for each caller. Whose machine it is is served it,
 * through collections of the same account; a collection that is public has it for nobody else.
 */
export class ServedBridges {
  readonly #served: FreshCache<readonly ServedBridgeTool[]>;

  constructor(sql: AnySql, onFailure: (error: unknown) => void) {
    this.#served = new FreshCache({
      what: "bridge tools",
      read: (key) =>
        readServedBridgeTools(
          sql,
          key.startsWith(ACCOUNT) ? { tenant: key.slice(ACCOUNT.length) } : { collectionId: key },
        ),
      bounds: SERVED_BOUNDS,
      nowMs: () => performance.now(),
      onFailure,
    });
  }

  /** Places of tools in order: a tool has one in each collection that it is in. */
  async placesFor({ caller, collectionId }: McpAudience): Promise<readonly ServedBridgeTool[]> {
    if (caller.kind === "anonymous") return [];
    const all = await this.#served.find(collectionId ?? `${ACCOUNT}${caller.tenant}`) ?? [];
    return all.filter((tool) => isServedTo(caller, tool));
  }
}

/** A collection is its own account's here, whoever else may see it. */
function isServedTo(caller: Caller, tool: ServedBridgeTool): boolean {
  const { collectionId, collectionOwner: tenant, owner } = tool;
  const collection = { kind: "collection", tenant, visibility: "private", collectionId } as const;
  return reachesBridge(caller, owner) &&
    authorise(caller, "execute-mcp", collection).allowed;
}
