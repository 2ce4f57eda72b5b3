import type { Command } from "commander";
import type { AgentView } from "../accounts/agents/agent_record.ts";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import type { AnySql, Database } from "../registry/database/database.ts";
import type { CliDeps } from "./cli_deps.ts";
import { type ExecutorFlags, executorOf, withExecutorFlags } from "./executor_flags.ts";
import { formatTable } from "./format_table.ts";
import { onDatabase } from "./on_database.ts";
import { MAX_LISTED, OWNER_ACTOR } from "./owner_actor.ts";
import { collectWord } from "./parse_options.ts";
import { printable } from "./printable.ts";

interface JsonFlag {
  readonly json?: true;
}

interface WishFlags extends JsonFlag, ExecutorFlags {
  readonly name?: string;
  readonly slug?: string;
  readonly description?: string;
  readonly public?: boolean;
  readonly instructions?: string;
  readonly model?: string;
  readonly collection?: readonly string[];
  readonly tool?: readonly string[];
}

/** `airlock agents`: make, show, change and remove agents. */
export function agentsCommand(program: Command, deps: CliDeps): void {
  const agents = program.command("agents")
    .description("Agents: instructions, a model, and the tools that they use");
  agents.command("ls")
    .description("List agents, newest first")
    .option("--public", "those that everybody shares")
    .option("--json", "print as JSON")
    .action((flags: JsonFlag & { public?: true }) => list(deps, flags));
  agents.command("show <agent>")
    .description("Show one, by id or slug")
    .option("--json", "print as JSON")
    .action((name: string, flags: JsonFlag) => show(deps, name, flags));
  wishFlags(agents.command("create <name>").description("Make an agent"))
    .action((name: string, flags: WishFlags) => create(deps, { ...flags, name }));
  wishFlags(agents.command("change <agent>").description("Change an agent"))
    .option("--name <name>", "another name")
    .option("--no-public", "for this account only")
    .action((name: string, flags: WishFlags) => change(deps, name, flags));
  agents.command("call <agent> <tool> [params]")
    .description("Run a tool that it uses, by slug, id or name; params are JSON")
    .action(async (agent: string, tool: string, params = "{}") => {
      const { callThrough } = await import("./call_through.ts");
      await callThrough(deps, { through: { agent }, tool, params });
    });
  agents.command("rm <agent>")
    .description("Remove an agent")
    .option("--json", "print as JSON")
    .action((name: string, flags: JsonFlag) => remove(deps, name, flags));
}

function wishFlags(command: Command): Command {
  return withExecutorFlags(
    command
      .option("--slug <slug>", "what stands for it in addresses")
      .option("--description <text>", "what it is for")
      .option("--public", "everybody sees it")
      .option("--instructions <text>", "what it is told; - reads standard input")
      .option("--model <model>", "what answers")
      .option("--collection <id>", "a collection that it uses; may be repeated", collectWord)
      .option("--tool <id>", "a tool that it uses beside them; may be repeated", collectWord),
  ).option("--json", "print as JSON");
}

/** The body that the same wish would have over HTTP, which is checked in the same way. */
async function wishOf({ terminal }: CliDeps, flags: WishFlags) {
  const { name, slug, description, model, collection, tool } = flags;
  const instructions = flags.instructions === "-" ? await terminal.readStdin() : flags.instructions;
  return {
    ...(name !== undefined && { name }),
    ...(slug !== undefined && { slug }),
    ...(description !== undefined && { description }),
    ...(flags.public !== undefined && { visibility: flags.public ? "public" : "private" }),
    ...(instructions !== undefined && { instructions }),
    ...(model !== undefined && { model }),
    ...(collection !== undefined && { collectionIds: collection }),
    ...(tool !== undefined && { toolIds: tool }),
  };
}

function list(deps: CliDeps, flags: JsonFlag & { public?: true }): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { listAgents } = await import("../accounts/agents/find_agent.ts");
    const { viewAgent } = await import("../accounts/agents/agent_record.ts");
    const of = flags.public ? "public" : "own";
    const rows = await listAgents(sql, OWNER_CALLER, { limit: MAX_LISTED, of });
    const views = rows.map((row) => viewAgent(row, OWNER_CALLER.tenant));
    if (flags.json) return deps.terminal.out(`${JSON.stringify(views)}\n`);
    const lines = views.map((view) => [
      ...[view.id, printable(view.slug), printable(view.name), printable(view.model)],
      view.visibility,
    ]);
    deps.terminal.out(formatTable([["ID", "SLUG", "NAME", "MODEL", "VISIBILITY"], ...lines]));
  });
}

function show(deps: CliDeps, name: string, flags: JsonFlag): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { viewAgent } = await import("../accounts/agents/agent_record.ts");
    const view = viewAgent(await find(sql, name), OWNER_CALLER.tenant);
    if (flags.json) return deps.terminal.out(`${JSON.stringify(view)}\n`);
    const facts = Object.entries(view).map(([fact, value]) => [
      fact,
      printable(typeof value === "string" ? value : JSON.stringify(value)),
    ]);
    deps.terminal.out(formatTable(facts));
  });
}

function create(deps: CliDeps, flags: WishFlags): Promise<void> {
  return onDatabase(deps, async (database, config) => {
    const { createAgent } = await import("../accounts/agents/change_agent.ts");
    const { viewAgent } = await import("../accounts/agents/agent_record.ts");
    const { createAgentSchema } = await import("../gateway/schemas/collection_schemas.ts");
    const { parseWith } = await import("../gateway/schemas/parse_with.ts");
    const wish = parseWith(createAgentSchema, await wishOf(deps, flags));
    const executor = await executorOf(flags, { deps, config, database });
    const row = await database.sql.begin((tx: AnySql) =>
      createAgent(tx, OWNER_ACTOR, { ...wish, ...(executor !== undefined && { executor }) })
    );
    print(deps, flags, { view: viewAgent(row, OWNER_CALLER.tenant), what: "made" });
  });
}

function change(deps: CliDeps, name: string, flags: WishFlags): Promise<void> {
  return onDatabase(deps, async (database, config) => {
    const { updateAgent } = await import("../accounts/agents/change_agent.ts");
    const { viewAgent } = await import("../accounts/agents/agent_record.ts");
    const { changeAgentSchema } = await import("../gateway/schemas/collection_schemas.ts");
    const { parseWith } = await import("../gateway/schemas/parse_with.ts");
    const wish = parseWith(changeAgentSchema, await wishOf(deps, flags));
    const { id } = await find(database.sql, name);
    const executor = await executorOf(flags, { deps, config, database });
    const row = await database.sql.begin((tx: AnySql) =>
      updateAgent(tx, OWNER_ACTOR, {
        id,
        wish: { ...wish, ...(executor !== undefined && { executor }) },
      })
    );
    print(deps, flags, { view: viewAgent(row, OWNER_CALLER.tenant), what: "changed" });
  });
}

function remove(deps: CliDeps, name: string, flags: JsonFlag): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { removeAgent } = await import("../accounts/agents/change_agent.ts");
    const { viewAgent } = await import("../accounts/agents/agent_record.ts");
    const row = await find(sql, name);
    await sql.begin((tx: AnySql) => removeAgent(tx, OWNER_ACTOR, { id: row.id }));
    print(deps, flags, { view: viewAgent(row, OWNER_CALLER.tenant), what: "removed" });
  });
}

async function find(sql: Database["sql"], name: string) {
  const { findAgent } = await import("../accounts/agents/find_agent.ts");
  return await findAgent(sql, OWNER_CALLER, { name });
}

function print(
  { terminal }: CliDeps,
  { json }: JsonFlag,
  { view, what }: { readonly view: AgentView; readonly what: string },
): void {
  terminal.out(json ? `${JSON.stringify(view)}\n` : `${what} ${view.id} ${view.slug}\n`);
}
