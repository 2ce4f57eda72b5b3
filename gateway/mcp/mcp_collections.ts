import { FreshCache, type FreshCacheBounds } from "../../accounts/cache/fresh_cache.ts";
import { authorise } from "../../accounts/authorise.ts";
import { notFound, requirePermission } from "../../accounts/require_permission.ts";
import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import {
  type CollectionPath,
  type McpCollection,
  type McpCollectionTool,
  readCollectionId,
  readCollectionIds,
  readMcpCollection,
} from "./mcp_collection.ts";

/** Bounds on remembering what is served: changed anywhere, it counts within a second. */
export const SERVED_BOUNDS: FreshCacheBounds = {
  maxEntries: 1_000,
  maxAbsent: 1_000,
  freshMs: 1_000,
  staleMs: 60_000,
  readTimeoutMs: 2_000,
  maxReads: 16,
  retryMs: 250,
};

/** Longest part of a path that is looked up. */
const NAME = /^[0-9A-Za-z_-]{1,128}$/;

/** What callers write for their own account. */
const OWN_ACCOUNT = "me";

/** A tool, and the collection that it is called through. */
export interface ServedTool {
  readonly tool: McpCollectionTool;
  readonly collection: McpCollection;
}

/** Collections as they are served over MCP, decided anew for each caller. */
export class McpCollections {
  readonly #ids: FreshCache<string>;
  readonly #ofAccounts: FreshCache<readonly string[]>;
  readonly #collections: FreshCache<McpCollection>;

  constructor(sql: AnySql, onFailure: (error: unknown) => void) {
    const common = {
      what: "collection",
      bounds: SERVED_BOUNDS,
      nowMs: () => performance.now(),
      onFailure,
    };
    this.#ids = new FreshCache({
      ...common,
      read: (path) => {
        const [user = "", collection = ""] = path.split("/");
        return readCollectionId(sql, { user, collection });
      },
    });
    this.#ofAccounts = new FreshCache({
      ...common,
      read: (tenant) => readCollectionIds(sql, tenant),
    });
    this.#collections = new FreshCache({ ...common, read: (id) => readMcpCollection(sql, id) });
  }

  /**
   * The collection of a path, for a caller that may call through it.
   * @throws {AirlockError} `not_found`, also for those of others; `permission_denied`,
   * `upstream_failed`, `rate_limited`.
   */
  async at(caller: Caller, { user, collection }: CollectionPath): Promise<McpCollection> {
    const account = user === OWN_ACCOUNT ? caller.tenant : user;
    if (!NAME.test(account) || !NAME.test(collection)) throw notFound("collection");
    const id = await this.#ids.find(`${account}/${collection}`);
    if (id === null) throw notFound("collection");
    return await this.byId(caller, id);
  }

  /**
   * The collection of that id, for a caller that may call through it.
   * @throws {AirlockError} as {@linkcode at} does.
   */
  async byId(caller: Caller, id: string): Promise<McpCollection> {
    const collection = NAME.test(id) ? await this.#collections.find(id) : null;
    if (collection === null) throw notFound("collection");
    const { ownerId: tenant, visibility } = collection;
    requirePermission(caller, "execute-mcp", {
      ...{ kind: "collection", tenant, visibility, collectionId: id },
    });
    return collection;
  }

  /**
   * A collection that a caller may call through, or all of its account's.
   * @throws {AirlockError} as {@linkcode at} does.
   */
  async servedTo(caller: Caller, collectionId: string | null): Promise<readonly McpCollection[]> {
    if (collectionId !== null) return [await this.byId(caller, collectionId)];
    const own = await this.#ofAccounts.find(caller.tenant) ?? [];
    const held = own.filter((id) => caller.collections?.includes(id) ?? true);
    const found: McpCollection[] = [];
    for (const id of held) {
      // One after the other: all at once would be too many reads the first time.
      const collection = await this.#collections.find(id);
      if (collection !== null) found.push(collection);
    }
    return found;
  }

  /**
   * Tools that a caller may call through a collection, or through any of its account's: each through
   * the first that has it.
   * @throws {AirlockError} as {@linkcode at} does.
   */
  async toolsFor(caller: Caller, collectionId: string | null): Promise<readonly ServedTool[]> {
    const found = new Map<string, ServedTool>();
    for (const collection of await this.servedTo(caller, collectionId)) {
      for (const served of callable(caller, collection)) {
        if (!found.has(served.tool.key)) found.set(served.tool.key, served);
      }
    }
    return [...found.values()];
  }
}

/** A private tool in a public collection is its owner's alone. */
function callable(caller: Caller, collection: McpCollection): readonly ServedTool[] {
  const { id: collectionId, tools } = collection;
  return tools
    .filter(({ ownerId: tenant, visibility }) =>
      authorise(caller, "execute-mcp", { kind: "tool", tenant, visibility, collectionId }).allowed
    )
    .map((tool) => ({ tool, collection }));
}
