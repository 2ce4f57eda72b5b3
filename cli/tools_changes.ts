import type { Command } from "commander";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import { addInline } from "../registry/catalog/inline/add_inline.ts";
import { removePackage, setVisibility } from "../registry/catalog/change_package.ts";
import { readTool } from "../registry/catalog/read_tool.ts";
import { toolsOfPackage } from "../registry/catalog/tools_of_package.ts";
import type { AnySql } from "../registry/database/database.ts";
import { AirlockError } from "../spec/errors.ts";
import type { SourceWish } from "../spec/tool.ts";
import { callOnce } from "./call_once.ts";
import type { CliDeps } from "./cli_deps.ts";
import { parseParams } from "./parse_params.ts";
import { printable } from "./printable.ts";
import { readInlineFiles } from "./read_inline_files.ts";
import { readInlinePlugin } from "./read_inline_plugin.ts";
import { toolTable } from "./tool_table.ts";
import { withCatalog, withEngine } from "./with_catalog.ts";

/** `airlock tools bring|publish|rm|call`: what changes the catalog, or runs what is in it. */
export function addToolChanges(tools: Command, deps: CliDeps): void {
  tools.command("bring")
    .description("Bring source files or a plug-in as a tool of yours; the first is the entry")
    .argument("<files...>", "JavaScript, TypeScript or .wasm, named relative to the directory")
    .option("--directory <path>", "where the files are", ".")
    .option("--to <package>", "as the next version of a package that was brought before")
    .option("--manifest <file>", "JSON that says of .wasm what its tools take and give")
    .action((files: string[], flags: BringFlags) => bring(files, flags, { deps }));
  tools.command("publish")
    .description("Show a tool with its package to everybody")
    .argument("<tool>", "its slug or id")
    .option("--private", "take it back")
    .action(async (tool: string, flags: { private?: true }) => {
      const visibility = flags.private ? "private" : "public";
      await changePackage(tool, deps, {
        change: (tx, packageId) => setVisibility(tx, { packageId, visibility }),
      });
      deps.terminal.out(`${printable(tool)} is ${visibility}\n`);
    });
  tools.command("rm")
    .description("Forget a tool with its package")
    .argument("<tool>", "its slug or id")
    .action(async (tool: string) => {
      await changePackage(tool, deps, { change: removePackage });
      deps.terminal.out(`removed ${printable(tool)}\n`);
    });
  tools.command("call")
    .description("Run a tool of the catalog")
    .argument("<tool>", "its slug or id")
    .argument("[params]", "JSON parameters", "{}")
    .action((tool: string, params: string) => call(tool, params, { deps }));
}

interface BringFlags {
  readonly directory: string;
  readonly to?: string;
  readonly manifest?: string;
}

async function bring(
  files: readonly string[],
  { directory, to, manifest: manifestFile }: BringFlags,
  { deps }: { readonly deps: CliDeps },
): Promise<void> {
  const code = files[0]?.endsWith(".wasm")
    ? await readInlinePlugin(directory, files, { manifestFile })
    : await readInlineFiles(directory, files);
  await withCatalog(deps, async (session) => {
    const { sql } = session;
    const added = { code, ownerId: OWNER_CALLER.tenant, packageName: to };
    const { manifest } = await withEngine(session, deps, {
      work: (engine, asked) =>
        addInline(sql, added, {
          describe: (kept) => engine.describer.describe({ ...kept, source: "inline" }, asked),
          onChange: (packageName) => engine.onInlineChange(packageName),
        }),
    });
    deps.terminal.out(toolTable(await toolsOfPackage(sql, manifest.resolved)));
  });
}

/** Packages of registries have no owner here; whoever has the machine looks after them. */
async function changePackage(
  tool: string,
  deps: CliDeps,
  { change }: { readonly change: (tx: AnySql, packageId: string) => Promise<void> },
): Promise<void> {
  await withCatalog(deps, async ({ sql, visible }) => {
    const { packageId } = await readTool(sql, { tool, visible });
    await sql.begin((tx: AnySql) => change(tx, packageId));
  });
}

async function call(
  tool: string,
  paramsText: string,
  { deps }: { readonly deps: CliDeps },
): Promise<void> {
  const params = parseParams(paramsText);
  const { result } = await withCatalog(deps, async ({ config, database, sql, visible }) => {
    const { packageName, version, name, source } = await readTool(sql, { tool, visible });
    const wish = SOURCES.find((known) => known === source);
    const request = { packageName, version, name, source: wish, params, env: {} };
    return await callOnce(() => Promise.resolve({ request }), { config, deps, database });
  });
  if (result.success) return deps.terminal.out(`${JSON.stringify(result.output)}\n`);
  throw new AirlockError(result.code, result.error, { suggestion: result.suggestion });
}

const SOURCES: readonly SourceWish[] = ["npm", "esm", "wasm", "inline"];
