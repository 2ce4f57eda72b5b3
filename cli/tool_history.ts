import type { Command } from "commander";
import type { CliDeps } from "./cli_deps.ts";
import { formatTable } from "./format_table.ts";
import { MAX_LISTED } from "./owner_actor.ts";
import { printable } from "./printable.ts";
import { withCatalog } from "./with_catalog.ts";

interface JsonFlag {
  readonly json?: true;
}

/** `airlock tools versions|health`: what became of a tool over time. */
export function addToolHistory(tools: Command, deps: CliDeps): void {
  tools.command("versions <tool>")
    .description("List the known versions of a tool's package, the last one seen first")
    .option("--json", "print as JSON")
    .action((tool: string, flags: JsonFlag) => versions(deps, tool, flags));
  tools.command("health <tool>")
    .description("Show how a tool is, and how it did when it was tried")
    .option("--json", "print as JSON")
    .action((tool: string, flags: JsonFlag) => health(deps, tool, flags));
}

async function versions(deps: CliDeps, tool: string, { json }: JsonFlag): Promise<void> {
  const { items } = await withCatalog(deps, async ({ sql, visible }) => {
    const { listVersions } = await import("../registry/catalog/list_versions.ts");
    return await listVersions(sql, { tool, visible, limit: MAX_LISTED });
  });
  if (json) return deps.terminal.out(`${JSON.stringify(items)}\n`);
  const lines = items.map((one) => [
    ...[printable(one.version), one.state, one.isLatest ? "latest" : ""],
    ...[one.hasTool ? "" : "without the tool", one.publishedAt?.slice(0, 10) ?? "-"],
  ]);
  deps.terminal.out(formatTable([["VERSION", "STATE", "", "", "PUBLISHED"], ...lines]));
}

async function health(deps: CliDeps, tool: string, { json }: JsonFlag): Promise<void> {
  const report = await withCatalog(deps, async ({ sql, visible }) => {
    const { listChecks } = await import("../registry/catalog/health/list_checks.ts");
    return await listChecks(sql, { tool, visible });
  });
  if (json) return deps.terminal.out(`${JSON.stringify(report)}\n`);
  const lines = report.checks.map((check) => [
    ...[check.checkedAt.slice(0, 19).replace("T", " "), printable(check.version), check.kind],
    ...[check.ok ? "ok" : check.code ?? "failed", `${Math.round(check.durationMs)} ms`],
    printable(check.message ?? ""),
  ]);
  deps.terminal.out(`${report.health}\n`);
  if (lines.length === 0) return;
  const head = ["AT", "VERSION", "KIND", "OUTCOME", "TIME", "MESSAGE"];
  deps.terminal.out(`\n${formatTable([head, ...lines])}`);
}
