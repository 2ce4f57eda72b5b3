import type { AnySql, Sql } from "../../registry/database/database.ts";
import { AirlockError } from "../../spec/errors.ts";
import { type AssignedName, assignNames } from "./assign_names.ts";
import type { NamedTool } from "./wanted_name.ts";

/** Whose names: those of a collection, or those of all that an account sees. */
export type NameScope = { readonly collectionId: string } | { readonly tenant: string };

/** Names of a scope, by key of tool. */
export type ToolNames = ReadonlyMap<string, AssignedName>;

/** Bounds on what is remembered. */
export interface NameBounds {
  readonly maxScopes: number;
  /** Names of one scope, those of tools that have gone included. */
  readonly maxNames: number;
}

const BOUNDS: NameBounds = { maxScopes: 500, maxNames: 10_000 };

/**
 * Names of tools, kept in the database and told from memory: a name that was given once is never
 * changed, so what is remembered is never stale.
 */
export class NameBook {
  readonly #sql: Sql;
  readonly #bounds: NameBounds;
  readonly #known = new Map<string, ToolNames>();

  constructor(sql: Sql, bounds: NameBounds = BOUNDS) {
    this.#sql = sql;
    this.#bounds = bounds;
  }

  /**
   * Names of these tools, given now to those that have none.
   * @throws {AirlockError} `resource_limit` where too many were given.
   */
  async namesOf(scope: NameScope, tools: readonly NamedTool[]): Promise<ToolNames> {
    const id = scopeId(scope);
    const known = this.#known.get(id);
    const isKnown = known !== undefined && tools.every(({ key }) => known.has(key));
    const names = isKnown ? known : await this.#give(scope, tools);
    // Insertion order is order of use.
    this.#known.delete(id);
    this.#known.set(id, names);
    const [oldest] = this.#known.keys();
    if (this.#known.size > this.#bounds.maxScopes && oldest !== undefined) {
      this.#known.delete(oldest);
    }
    return names;
  }

  async #give(scope: NameScope, tools: readonly NamedTool[]): Promise<ToolNames> {
    const id = scopeId(scope);
    const before = await read(this.#sql, id);
    if (tools.every(({ key }) => before.has(key))) return before;
    return await this.#sql.begin(async (tx: AnySql) => {
      // One at a time: two that give the same name at once would both have looked before.
      await tx`select pg_advisory_xact_lock(hashtextextended(${`mcp_name ${id}`}, 0))`;
      const given = await read(tx, id);
      const nameless = tools.filter(({ key }) => !given.has(key));
      const taken = [...given.values()].map(({ name }) => name);
      const added = assignNames(nameless, taken);
      if (given.size + added.length > this.#bounds.maxNames) throw tooMany(this.#bounds);
      const collectionId = "collectionId" in scope ? scope.collectionId : null;
      for (const { key, name, wanted } of added) {
        await tx`
          insert into mcp_name (scope, collection_id, tool_key, name, wanted)
          values (${id}, ${collectionId}, ${key}, ${name}, ${wanted})`;
      }
      return new Map([...given, ...added.map((one) => [one.key, one] as const)]);
    });
  }
}

async function read(sql: AnySql, scope: string): Promise<Map<string, AssignedName>> {
  const rows = await sql<{ tool_key: string; name: string; wanted: string | null }[]>`
    select tool_key, name, wanted from mcp_name where scope = ${scope}`;
  return new Map(rows.map(({ tool_key: key, name, wanted }) => [key, { key, name, wanted }]));
}

function scopeId(scope: NameScope): string {
  return "collectionId" in scope ? scope.collectionId : `account:${scope.tenant}`;
}

function tooMany({ maxNames }: NameBounds): AirlockError {
  return new AirlockError("resource_limit", `name tools: ${maxNames} names were given already`, {
    stage: "request",
    suggestion: "Make a new collection: names are never given twice in one.",
  });
}
