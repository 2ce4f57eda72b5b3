import type { Command } from "commander";
import type { CollectionBridgeTool } from "../accounts/bridges/collection_bridge_tools.ts";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import type { AnySql } from "../registry/database/database.ts";
import type { CliDeps } from "./cli_deps.ts";
import { formatTable } from "./format_table.ts";
import { onDatabase } from "./on_database.ts";
import { OWNER_ACTOR } from "./owner_actor.ts";
import { printable } from "./printable.ts";

interface JsonFlag {
  readonly json?: true;
}

interface PlaceFlags extends JsonFlag {
  readonly as?: string;
  readonly note?: string;
}

/** `airlock collections bridge-tools`: tools of machines with a bridge, in a collection. */
export function collectionBridgeToolsCommand(collections: Command, deps: CliDeps): void {
  const tools = collections.command("bridge-tools")
    .description("Tools of your own machines in a collection, by way of their bridges");
  tools.command("known")
    .description("List your machines, and the tools that can be added")
    .option("--json", "print as JSON")
    .action((flags: JsonFlag) => known(deps, flags));
  tools.command("ls <collection>")
    .description("List them")
    .option("--json", "print as JSON")
    .action((name: string, flags: JsonFlag) => changed(deps, { name, flags }));
  tools.command("add <collection> <id>")
    .description("Add a tool, or take it as it is now")
    .option("--as <name>", "what it is called there")
    .option("--note <text>", "what to know about it")
    .option("--json", "print as JSON")
    .action((name: string, toolId: string, flags: PlaceFlags) =>
      add(deps, name, { toolId, flags })
    );
  tools.command("rm <collection> <id>")
    .description("Take a tool out; it stays on its machine")
    .option("--json", "print as JSON")
    .action((name: string, toolId: string, flags: JsonFlag) =>
      changed(deps, {
        ...{ name, flags },
        async work(tx, collectionId) {
          const { removeBridgeTool } = await import(
            "../accounts/bridges/collection_bridge_tools.ts"
          );
          await removeBridgeTool(tx, OWNER_ACTOR, { collectionId, toolId });
        },
      })
    );
}

function known(deps: CliDeps, { json }: JsonFlag): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { listBridges } = await import("../accounts/bridges/list_bridges.ts");
    const bridges = await listBridges(sql, OWNER_CALLER);
    if (json) return deps.terminal.out(`${JSON.stringify(bridges)}\n`);
    const lines = bridges.flatMap((bridge) =>
      bridge.tools.map((tool) => [
        ...[tool.id, printable(bridge.name), printable(tool.serverId), printable(tool.name)],
        tool.available ? "available" : bridge.status,
      ])
    );
    deps.terminal.out(formatTable([["ID", "MACHINE", "SERVER", "TOOL", "STATE"], ...lines]));
  });
}

function add(
  deps: CliDeps,
  name: string,
  { toolId, flags }: { readonly toolId: string; readonly flags: PlaceFlags },
): Promise<void> {
  return changed(deps, {
    ...{ name, flags },
    async work(tx, collectionId) {
      const { addBridgeTool } = await import("../accounts/bridges/collection_bridge_tools.ts");
      const { addBridgeToolSchema } = await import("../gateway/schemas/bridge_schemas.ts");
      const { parseWith } = await import("../gateway/schemas/parse_with.ts");
      const place = parseWith(addBridgeToolSchema, {
        toolId,
        ...(flags.as !== undefined && { displayName: flags.as }),
        ...(flags.note !== undefined && { note: flags.note }),
      });
      await addBridgeTool(tx, OWNER_ACTOR, { collectionId, ...place });
    },
  });
}

interface Change {
  readonly name: string;
  readonly flags: JsonFlag;
  readonly work?: (tx: AnySql, collectionId: string) => Promise<void>;
}

/** Makes a change, where there is one, and prints what is there afterwards. */
function changed(deps: CliDeps, { name, flags, work }: Change): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { listBridgeTools } = await import("../accounts/bridges/collection_bridge_tools.ts");
    const { findCollection } = await import("../accounts/collections/find_collection.ts");
    const tools = await sql.begin(async (tx: AnySql) => {
      const { id: collectionId } = await findCollection(tx, OWNER_CALLER, { name });
      await work?.(tx, collectionId);
      return await listBridgeTools(tx, OWNER_CALLER, { collectionId });
    });
    if (flags.json) return deps.terminal.out(`${JSON.stringify(tools)}\n`);
    deps.terminal.out(formatTable([HEAD, ...tools.map(lineOf)]));
  });
}

const HEAD = ["ID", "MACHINE", "TOOL", "NAME", "STATE", "NOTE"];

function lineOf(tool: CollectionBridgeTool): string[] {
  const state = tool.changed ? "changed" : tool.available ? "available" : "disconnected";
  return [
    ...[tool.toolId, printable(tool.bridge), printable(`${tool.serverId} ${tool.name}`)],
    ...[printable(tool.displayName ?? ""), state, printable(tool.note)],
  ];
}
