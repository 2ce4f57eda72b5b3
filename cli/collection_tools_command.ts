import type { Command } from "commander";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import { visibleTo } from "../accounts/visible_to.ts";
import type { Config } from "../config.ts";
import type { AnySql, Database } from "../registry/database/database.ts";
import type { CliDeps } from "./cli_deps.ts";
import { formatTable } from "./format_table.ts";
import { onDatabase } from "./on_database.ts";
import { OWNER_ACTOR } from "./owner_actor.ts";
import { printable } from "./printable.ts";
import { withEngine } from "./with_catalog.ts";

interface JsonFlag {
  readonly json?: true;
}

interface PlaceFlags extends JsonFlag {
  readonly as?: string;
  readonly note?: string;
}

interface ChangeFlags extends JsonFlag {
  /** `false`: by its own name. */
  readonly as?: string | false;
  readonly note?: string;
}

/** `airlock collections tools`: list, add, change, take out and order tools of a collection. */
export function collectionToolsCommand(collections: Command, deps: CliDeps): void {
  const tools = collections.command("tools").description("Tools of a collection, in its order");
  tools.command("ls <collection>")
    .description("List them")
    .option("--json", "print as JSON")
    .action((name: string, flags: JsonFlag) => changed(deps, { name, flags }));
  tools.command("add <collection> <tool>")
    .description("Add a tool, by slug or id, at the end, pinned to its version of now")
    .option("--as <name>", "what it is called there")
    .option("--note <text>", "what to know about it")
    .option("--json", "print as JSON")
    .action((name: string, tool: string, flags: PlaceFlags) => add(deps, name, { tool, flags }));
  tools.command("change <collection> <tool>")
    .description("Change what a tool is called there, and what to know about it")
    .option("--as <name>", "what it is called there")
    .option("--no-as", "by its own name again")
    .option("--note <text>", "what to know about it")
    .option("--json", "print as JSON")
    .action((name: string, tool: string, flags: ChangeFlags) =>
      change(deps, name, { tool, flags })
    );
  tools.command("rm <collection> <tool>")
    .description("Take a tool out, with its pin")
    .option("--json", "print as JSON")
    .action((name: string, tool: string, flags: JsonFlag) => remove(deps, name, { tool, flags }));
  tools.command("order <collection> <tools...>")
    .description("Put them in this order: every one of them, once")
    .option("--json", "print as JSON")
    .action((name: string, wanted: string[], flags: JsonFlag) =>
      order(deps, name, { tools: wanted, flags })
    );
}

function add(
  deps: CliDeps,
  name: string,
  { tool, flags }: { readonly tool: string; readonly flags: PlaceFlags },
): Promise<void> {
  return changed(deps, {
    ...{ name, flags },
    before: (database, config) => learn(deps, tool, { database, config }),
    async work(tx, collectionId) {
      const { enterTool } = await import("../gateway/collection_entry.ts");
      const { addCollectionToolSchema } = await import("../gateway/schemas/collection_schemas.ts");
      const { parseWith } = await import("../gateway/schemas/parse_with.ts");
      const place = parseWith(addCollectionToolSchema, {
        toolId: await toolIdOf(tx, tool),
        displayName: flags.as ?? null,
        ...(flags.note !== undefined && { note: flags.note }),
      });
      await enterTool(tx, OWNER_ACTOR, { collectionId, ...place });
    },
  });
}

/** Looks into the tool's package, where nobody knows yet what it consists of. */
async function learn(
  deps: CliDeps,
  tool: string,
  { database, config }: { readonly database: Database; readonly config: Config },
): Promise<void> {
  const { sql } = database;
  const { learnTool } = await import("../registry/catalog/learn_tool.ts");
  await learnTool(sql, {
    toolId: await toolIdOf(sql, tool),
    visible: visibleTo(sql, OWNER_CALLER, { kind: "tool", table: "tool" }),
    describe: (wanted) =>
      withEngine({ config, database }, deps, {
        work: (engine, asked) => engine.describer.describe(wanted, asked),
      }),
  });
}

function change(
  deps: CliDeps,
  name: string,
  { tool, flags }: { readonly tool: string; readonly flags: ChangeFlags },
): Promise<void> {
  return changed(deps, {
    ...{ name, flags },
    async work(tx, collectionId) {
      const { updateTool } = await import("../accounts/collections/change_tools.ts");
      const { changeCollectionToolSchema } = await import(
        "../gateway/schemas/collection_schemas.ts"
      );
      const { parseWith } = await import("../gateway/schemas/parse_with.ts");
      const place = parseWith(changeCollectionToolSchema, {
        ...(flags.as !== undefined && { displayName: flags.as === false ? null : flags.as }),
        ...(flags.note !== undefined && { note: flags.note }),
      });
      const toolId = await toolIdOf(tx, tool);
      await updateTool(tx, OWNER_ACTOR, { collectionId, toolId, ...place });
    },
  });
}

function remove(
  deps: CliDeps,
  name: string,
  { tool, flags }: { readonly tool: string; readonly flags: JsonFlag },
): Promise<void> {
  return changed(deps, {
    ...{ name, flags },
    async work(tx, collectionId) {
      const { leaveTool } = await import("../gateway/collection_entry.ts");
      await leaveTool(tx, OWNER_ACTOR, { collectionId, toolId: await toolIdOf(tx, tool) });
    },
  });
}

function order(
  deps: CliDeps,
  name: string,
  { tools, flags }: { readonly tools: readonly string[]; readonly flags: JsonFlag },
): Promise<void> {
  return changed(deps, {
    ...{ name, flags },
    async work(tx, collectionId) {
      const { orderTools } = await import("../accounts/collections/change_tools.ts");
      const toolIds: string[] = [];
      for (const tool of tools) toolIds.push(await toolIdOf(tx, tool));
      await orderTools(tx, OWNER_ACTOR, { collectionId, toolIds });
    },
  });
}

interface Change {
  readonly name: string;
  readonly flags: JsonFlag;
  /** What takes time, outside of the transaction. */
  readonly before?: (database: Database, config: Config) => Promise<void>;
  readonly work?: (tx: AnySql, collectionId: string) => Promise<void>;
}

/** Makes a change, where there is one, and prints what is there afterwards. */
function changed(deps: CliDeps, { name, flags, before, work }: Change): Promise<void> {
  return onDatabase(deps, async (database, config) => {
    await before?.(database, config);
    const { sql } = database;
    const tools = await sql.begin((tx: AnySql) => toolsAfter(tx, name, { work }));
    if (flags.json) return deps.terminal.out(`${JSON.stringify(tools)}\n`);
    const lines = tools.map((tool) => [
      tool.toolId,
      ...[tool.slug, tool.displayName ?? "", tool.version, tool.note].map(printable),
    ]);
    deps.terminal.out(formatTable([["TOOL", "SLUG", "NAME", "VERSION", "NOTE"], ...lines]));
  });
}

async function toolsAfter(tx: AnySql, name: string, { work }: Pick<Change, "work">) {
  const { findCollection } = await import("../accounts/collections/find_collection.ts");
  const { listCollectionTools } = await import("../accounts/collections/list_collection_tools.ts");
  const { id: collectionId } = await findCollection(tx, OWNER_CALLER, { name });
  await work?.(tx, collectionId);
  return await listCollectionTools(tx, OWNER_CALLER, { collectionId });
}

async function toolIdOf(sql: Database["sql"] | AnySql, tool: string): Promise<string> {
  const { readTool } = await import("../registry/catalog/read_tool.ts");
  const visible = visibleTo(sql, OWNER_CALLER, "tool");
  return (await readTool(sql, { tool, visible })).id;
}
