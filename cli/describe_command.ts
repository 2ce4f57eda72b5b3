import { type Command, Option } from "commander";
import picocolors from "picocolors";
import { loadConfig } from "../config.ts";
import { LOCAL_TENANT } from "../spec/account.ts";
import type { DescribeContext, DescribeRequest, PackageDescription } from "../spec/description.ts";
import type { RuntimeExplanation } from "../spec/runtime_explanation.ts";
import type { CliDeps, Engine } from "./cli_deps.ts";
import { EXIT } from "./exit_codes.ts";
import { ExitWith } from "./exit_with.ts";
import { type PackageTarget, parsePackage } from "./parse_options.ts";
import { printable } from "./printable.ts";
import { progressLine } from "./progress_line.ts";
import { isAdvisory, type SourceWish, type ToolDefinition } from "../spec/tool.ts";

/** Warnings shown of each tool. */
const MAX_WARNINGS = 3;

/** `airlock describe <package>`: what a package offers and asks for. */
export function describeCommand(program: Command, deps: CliDeps): void {
  program.command("describe")
    .description("Say which tools a package offers, and what it asks for")
    .argument("<package>", "npm package, with @version where it matters", parsePackage)
    .addOption(new Option("--source <source>").choices(["npm", "esm", "wasm", "inline", "auto"]))
    .option("--json", "print everything as JSON")
    .action(
      async (target: PackageTarget, flags: { source?: SourceWish; json?: true }) => {
        const { terminal } = deps;
        const config = loadConfig(deps.environment);
        const stop = new AbortController();
        using _signals = deps.onSignal(() => stop.abort(new ExitWith(EXIT.interrupted)));
        using progress = progressLine(terminal);
        await using engine = await deps.openEngine(config);
        const request = { ...target, ...(flags.source && { source: flags.source }) };
        const asked = {
          tenant: LOCAL_TENANT,
          requestId: crypto.randomUUID(),
          signal: stop.signal,
          onProgress: progress.show,
        };
        const [description, explanation] = await describeAndExplain(request, { engine, asked })
          .catch((error: unknown) => {
            throw stop.signal.aborted ? stop.signal.reason : error;
          });
        progress.clear();
        terminal.out(
          flags.json
            ? `${JSON.stringify({ ...description, explanation }, null, 2)}\n`
            : summary(description, { colors: terminal.outColors, words: explanation.words }),
        );
      },
    );
}

/** One after the other: the second question finds the package prepared. */
async function describeAndExplain(
  request: DescribeRequest,
  { engine, asked }: { readonly engine: Engine; readonly asked: DescribeContext },
): Promise<[PackageDescription, RuntimeExplanation]> {
  const description = await engine.describer.describe(request, asked);
  return [description, await engine.describer.explain(request, asked)];
}

function summary(
  description: PackageDescription,
  { colors, words }: { readonly colors: boolean; readonly words: readonly string[] },
): string {
  const color = picocolors.createColors(colors);
  const { manifest } = description;
  const { packageName, version, source } = manifest.resolved;
  const lines = [
    `${color.bold(printable(`${packageName}@${version}`))} ${color.dim(`from ${source}`)}`,
    printable(manifest.description),
    "",
  ];
  for (const tool of manifest.tools) {
    lines.push(`  ${color.cyan(printable(tool.name))}  ${printable(oneLine(tool.description))}`);
    const parameters = Object.keys(tool.inputSchema?.properties ?? {}).join(", ");
    // A guess is called one: it may be wrong.
    const by = isAdvisory(tool.schemaStrategy) ? `, guessed from ${tool.schemaStrategy}` : "";
    if (parameters !== "") lines.push(color.dim(`    ${printable(parameters)}${by}`));
    lines.push(...warningLines(tool).map((line) => color.dim(`    ${printable(line)}`)));
  }
  if (manifest.tools.length === 0) lines.push("  no tools");
  const env = manifest.env.map((variable) => variable.name + (variable.required ? "" : "?"));
  const facts: [string, string][] = [
    ["environment", env.join(", ")],
    ["asks for", Object.keys(manifest.needs).length > 0 ? JSON.stringify(manifest.needs) : ""],
    ["warnings", manifest.warnings.join("; ")],
    ["artifact", description.digest],
  ];
  lines.push("");
  for (const [name, text] of facts) {
    if (text !== "") lines.push(`${color.dim(name.padEnd(12))} ${printable(text)}`);
  }
  lines.push("", ...words.map((line) => `  ${printable(line)}`));
  return `${lines.join("\n")}\n`;
}

/** The first few; `--json` has them all. */
function warningLines({ warnings }: ToolDefinition): readonly string[] {
  const shown = warnings.slice(0, MAX_WARNINGS).map((warning) => `warning: ${oneLine(warning)}`);
  const left = warnings.length - shown.length;
  return left > 0 ? [...shown, `and ${left} more warnings`] : shown;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").slice(0, 160);
}
