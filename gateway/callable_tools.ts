import { type CallableTool, readCallable } from "../registry/catalog/read_callable.ts";
import type { Sql } from "../registry/database/database.ts";
import type { Caller } from "../spec/account.ts";
import { FreshCache } from "../accounts/cache/fresh_cache.ts";
import { notFound, requirePermission } from "../accounts/require_permission.ts";

/** Tools by slug, for calls: answered from memory, and read again every second. */
export interface CallableTools {
  /**
   * The tool of that slug, for a caller that may call it.
   * @throws {AirlockError} `tool_not_found` where there is none, or none that the caller may see.
   */
  find(caller: Caller, slug: string): Promise<CallableTool>;
  /** Forgets a tool because it changed. */
  drop(slug: string): void;
}

const BOUNDS = {
  maxEntries: 10_000,
  maxAbsent: 1_000,
  freshMs: 1_000,
  staleMs: 60_000,
  readTimeoutMs: 2_000,
  maxReads: 32,
  retryMs: 500,
};

const SLUG = /^[a-z0-9][a-z0-9-]{0,95}$/;

/** Makes {@linkcode CallableTools}. */
export function createCallableTools(
  sql: Sql,
  onFailure: (error: unknown) => void,
): CallableTools {
  const tools = new FreshCache<CallableTool>({
    what: "tool",
    read: (slug) => readCallable(sql, slug),
    bounds: BOUNDS,
    nowMs: () => performance.now(),
    onFailure,
  });
  return {
    async find(caller, slug) {
      const tool = SLUG.test(slug) ? await tools.find(slug) : null;
      if (tool === null) throw notFound("tool");
      const { ownerId: tenant, visibility } = tool;
      requirePermission(caller, "execute", { kind: "tool", tenant, visibility });
      return tool;
    },
    drop: (slug) => tools.drop(slug),
  };
}
