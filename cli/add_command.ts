import { type Command, Option } from "commander";
import { recordPackage } from "../registry/catalog/record_package.ts";
import { toolsOfPackage } from "../registry/catalog/tools_of_package.ts";
import type { CliDeps } from "./cli_deps.ts";
import { type PackageTarget, parsePackage } from "./parse_options.ts";
import { printable } from "./printable.ts";
import { toolTable } from "./tool_table.ts";
import { withCatalog, withEngine } from "./with_catalog.ts";

/** `airlock add <package>`: takes a package of a registry into the catalog. */
export function addCommand(program: Command, deps: CliDeps): void {
  program.command("add")
    .description("Take a package's tools into the catalog")
    .argument("<package>", "npm package, with @version where it matters", parsePackage)
    .addOption(new Option("--source <source>").choices(["npm", "esm", "auto"]))
    .action(async (target: PackageTarget, flags: { source?: "npm" | "esm" | "auto" }) => {
      await withCatalog(deps, async (session) => {
        const { manifest, digest, lock } = await withEngine(session, deps, {
          work: (engine, asked) => engine.describer.describe({ ...target, ...flags }, asked),
        });
        const { sql } = session;
        await recordPackage(sql, { manifest, digest, lock, ownerId: null, visibility: "public" });
        const { packageName, version, source } = manifest.resolved;
        const tools = await toolsOfPackage(sql, { source, packageName });
        deps.terminal.out(`${printable(`${packageName}@${version}`)} from ${source}\n`);
        deps.terminal.out(toolTable(tools));
      });
    });
}
