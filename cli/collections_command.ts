import type { Command } from "commander";
import type { CollectionView } from "../accounts/collections/collection_record.ts";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import type { AnySql, Database } from "../registry/database/database.ts";
import type { NetGrant } from "../spec/permissions.ts";
import type { CliDeps } from "./cli_deps.ts";
import { collectionBridgeToolsCommand } from "./collection_bridge_tools_command.ts";
import { collectionToolsCommand } from "./collection_tools_command.ts";
import { type ExecutorFlags, executorOf, withExecutorFlags } from "./executor_flags.ts";
import { formatTable } from "./format_table.ts";
import { onDatabase } from "./on_database.ts";
import { MAX_LISTED, OWNER_ACTOR } from "./owner_actor.ts";
import { parseDurationMs, parseNetGrant, parseSizeBytes } from "./parse_options.ts";
import { printable } from "./printable.ts";

interface JsonFlag {
  readonly json?: true;
}

interface WishFlags extends JsonFlag, ExecutorFlags {
  readonly name?: string;
  readonly slug?: string;
  readonly description?: string;
  readonly public?: boolean;
  readonly net?: NetGrant;
  readonly timeout?: number;
  readonly memory?: number;
}

/** `airlock collections`: make, show, change, remove, like and call through collections, and their tools. */
export function collectionsCommand(program: Command, deps: CliDeps): void {
  const collections = program.command("collections")
    .description("Collections of tools, and what calls through them may do");
  collections.command("ls")
    .description("List collections, newest first")
    .option("--public", "those that everybody shares")
    .option("--json", "print as JSON")
    .action((flags: JsonFlag & { public?: true }) => list(deps, flags));
  collections.command("show <collection>")
    .description("Show one, by id or slug, with its tools")
    .option("--json", "print as JSON")
    .action((name: string, flags: JsonFlag) => show(deps, name, flags));
  wishFlags(collections.command("create <name>").description("Make a collection"))
    .action((name: string, flags: WishFlags) => create(deps, { ...flags, name }));
  wishFlags(collections.command("change <collection>").description("Change a collection"))
    .option("--name <name>", "another name")
    .option("--no-public", "for this account only")
    .action((name: string, flags: WishFlags) => change(deps, name, flags));
  collections.command("rm <collection>")
    .description("Remove a collection with its secrets; its tools stay")
    .option("--json", "print as JSON")
    .action((name: string, flags: JsonFlag) => remove(deps, name, flags));
  collections.command("call <collection> <tool> [params]")
    .description("Run a tool of it, by slug, id or name; params are JSON")
    .action(async (collection: string, tool: string, params = "{}") => {
      const { callThrough } = await import("./call_through.ts");
      await callThrough(deps, { through: { collection }, tool, params });
    });
  for (const [verb, likes] of [["like", true], ["unlike", false]] as const) {
    collections.command(`${verb} <collection>`)
      .description(likes ? "Like a collection" : "No longer like a collection")
      .option("--json", "print as JSON")
      .action((name: string, flags: JsonFlag) => like(deps, name, { ...flags, likes }));
  }
  collectionToolsCommand(collections, deps);
  collectionBridgeToolsCommand(collections, deps);
}

function wishFlags(command: Command): Command {
  return withExecutorFlags(
    command
      .option("--slug <slug>", "what stands for it in addresses")
      .option("--description <text>", "what it is for")
      .option("--public", "everybody sees it")
      .option("--net <grant>", "network of calls that ask for none", parseNetGrant)
      .option("--timeout <time>", "time of calls that ask for none", parseDurationMs)
      .option("--memory <size>", "memory of calls that ask for none", parseSizeBytes),
  ).option("--json", "print as JSON");
}

/** The body that the same wish would have over HTTP, which is checked in the same way. */
function wishOf({ name, slug, description, net, timeout, memory, ...flags }: WishFlags) {
  const limits = {
    ...(timeout !== undefined && { timeoutMs: timeout }),
    ...(memory !== undefined && { memoryBytes: memory }),
  };
  return {
    ...(name !== undefined && { name }),
    ...(slug !== undefined && { slug }),
    ...(description !== undefined && { description }),
    ...(flags.public !== undefined && { visibility: flags.public ? "public" : "private" }),
    ...(net !== undefined && { permissions: { net } }),
    ...(Object.keys(limits).length > 0 && { limits }),
  };
}

function list(deps: CliDeps, flags: JsonFlag & { public?: true }): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { listCollections } = await import("../accounts/collections/find_collection.ts");
    const { viewCollection } = await import("../accounts/collections/collection_record.ts");
    const of = flags.public ? "public" : "own";
    const rows = await listCollections(sql, OWNER_CALLER, { limit: MAX_LISTED, of });
    const views = rows.map((row) => viewCollection(row, OWNER_CALLER.tenant));
    if (flags.json) return deps.terminal.out(`${JSON.stringify(views)}\n`);
    const lines = views.map((view) => [
      ...[view.id, printable(view.slug), printable(view.name), view.visibility],
      String(view.likes),
    ]);
    deps.terminal.out(formatTable([["ID", "SLUG", "NAME", "VISIBILITY", "LIKES"], ...lines]));
  });
}

function show(deps: CliDeps, name: string, flags: JsonFlag): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { viewCollection } = await import("../accounts/collections/collection_record.ts");
    const { listCollectionTools } = await import(
      "../accounts/collections/list_collection_tools.ts"
    );
    const row = await find(sql, name);
    const tools = await listCollectionTools(sql, OWNER_CALLER, { collectionId: row.id });
    const view = { ...viewCollection(row, OWNER_CALLER.tenant), tools };
    if (flags.json) return deps.terminal.out(`${JSON.stringify(view)}\n`);
    const facts = Object.entries(viewCollection(row, OWNER_CALLER.tenant))
      .map(([fact, value]) => [
        fact,
        printable(typeof value === "string" ? value : JSON.stringify(value)),
      ]);
    const lines = tools.map((tool) => [
      tool.toolId,
      ...[tool.slug, tool.displayName ?? "", tool.version, tool.note].map(printable),
    ]);
    deps.terminal.out(formatTable(facts));
    deps.terminal.out(
      `\n${formatTable([["TOOL", "SLUG", "NAME", "VERSION", "NOTE"], ...lines])}`,
    );
  });
}

function create(deps: CliDeps, flags: WishFlags): Promise<void> {
  return onDatabase(deps, async (database, config) => {
    const { createCollection } = await import("../accounts/collections/change_collection.ts");
    const { viewCollection } = await import("../accounts/collections/collection_record.ts");
    const { createCollectionSchema } = await import("../gateway/schemas/collection_schemas.ts");
    const { parseWith } = await import("../gateway/schemas/parse_with.ts");
    const wish = parseWith(createCollectionSchema, wishOf(flags));
    const executor = await executorOf(flags, { deps, config, database });
    const row = await database.sql.begin((tx: AnySql) =>
      createCollection(tx, OWNER_ACTOR, { ...wish, ...(executor !== undefined && { executor }) })
    );
    print(deps, flags, { view: viewCollection(row, OWNER_CALLER.tenant), what: "made" });
  });
}

function change(deps: CliDeps, name: string, flags: WishFlags): Promise<void> {
  return onDatabase(deps, async (database, config) => {
    const { updateCollection } = await import("../accounts/collections/change_collection.ts");
    const { viewCollection } = await import("../accounts/collections/collection_record.ts");
    const { changeCollectionSchema } = await import("../gateway/schemas/collection_schemas.ts");
    const { parseWith } = await import("../gateway/schemas/parse_with.ts");
    const wish = parseWith(changeCollectionSchema, wishOf(flags));
    const { id } = await find(database.sql, name);
    const executor = await executorOf(flags, { deps, config, database, collectionId: id });
    const row = await database.sql.begin((tx: AnySql) =>
      updateCollection(tx, OWNER_ACTOR, {
        id,
        wish: { ...wish, ...(executor !== undefined && { executor }) },
      })
    );
    print(deps, flags, { view: viewCollection(row, OWNER_CALLER.tenant), what: "changed" });
  });
}

function remove(deps: CliDeps, name: string, flags: JsonFlag): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { removeCollection } = await import("../accounts/collections/change_collection.ts");
    const { viewCollection } = await import("../accounts/collections/collection_record.ts");
    const { removePins } = await import("../registry/pins/enter_pin.ts");
    const row = await find(sql, name);
    await sql.begin(async (tx: AnySql) => {
      await removeCollection(tx, OWNER_ACTOR, { id: row.id });
      await removePins(tx, { collectionId: row.id });
    });
    print(deps, flags, { view: viewCollection(row, OWNER_CALLER.tenant), what: "removed" });
  });
}

function like(
  deps: CliDeps,
  name: string,
  { json, likes }: JsonFlag & { readonly likes: boolean },
): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { likeCollection } = await import("../accounts/collections/like_collection.ts");
    const { id } = await find(sql, name);
    const count = await sql.begin((tx: AnySql) => likeCollection(tx, OWNER_ACTOR, { id, likes }));
    deps.terminal.out(json ? `${JSON.stringify({ likes: count })}\n` : `${count} likes\n`);
  });
}

async function find(sql: Database["sql"], name: string) {
  const { findCollection } = await import("../accounts/collections/find_collection.ts");
  return await findCollection(sql, OWNER_CALLER, { name });
}

function print(
  { terminal }: CliDeps,
  { json }: JsonFlag,
  { view, what }: { readonly view: CollectionView; readonly what: string },
): void {
  terminal.out(json ? `${JSON.stringify(view)}\n` : `${what} ${view.id} ${view.slug}\n`);
}
