import { type Command, InvalidArgumentError, Option } from "commander";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import { EXPORT_FORMATS, type ExportFormat } from "../accounts/usage/export_calls.ts";
import type { CallFilter } from "../accounts/usage/list_calls.ts";
import { USAGE_PERIODS, type UsagePeriod } from "../accounts/usage/summarise_usage.ts";
import type { AnySql } from "../registry/database/database.ts";
import type { CliDeps } from "./cli_deps.ts";
import { formatBytes, formatTable } from "./format_table.ts";
import { onDatabase } from "./on_database.ts";
import { MAX_LISTED, OWNER_ACTOR } from "./owner_actor.ts";
import { printable } from "./printable.ts";

const DAY_MS = 86_400_000;
const DEFAULT_SPAN_DAYS = 30;

interface JsonFlag {
  readonly json?: true;
}

interface SpanFlags {
  readonly from?: Date;
  readonly until?: Date;
}

interface FilterFlags extends SpanFlags {
  readonly package?: string;
  readonly tool?: string;
  readonly key?: string;
  readonly outcome?: string;
}

/** `airlock usage`: sums of calls, the calls themselves, their export, and what is kept of them. */
export function usageCommand(program: Command, deps: CliDeps): void {
  const usage = program.command("usage").description("What was called, and how it went");
  spanFlags(usage.command("sums", { isDefault: true }).description("Add calls up"))
    .addOption(new Option("--by <period>", "how finely").choices(USAGE_PERIODS).default("day"))
    .option("--json", "print as JSON")
    .action((flags: SpanFlags & JsonFlag & { by: UsagePeriod }) => sums(deps, flags));
  filterFlags(usage.command("calls").description("List calls, newest first"))
    .option("--limit <count>", "most calls that are listed", parseCount, 50)
    .option("--json", "print as JSON")
    .action((flags: FilterFlags & JsonFlag & { limit: number }) => calls(deps, flags));
  filterFlags(usage.command("export").description("Print all calls of the last 30 days"))
    .addOption(
      new Option("--format <format>", "how").choices(EXPORT_FORMATS).default("ndjson"),
    )
    .action((flags: FilterFlags & { format: ExportFormat }) => exportAll(deps, flags));
  usage.command("log")
    .description("Show or say whether the log of calls keeps parameters")
    .option("--keep-params", "keep them, redacted, from now on")
    .option("--no-keep-params", "keep no more of them")
    .option("--json", "print as JSON")
    .action((flags: JsonFlag & { keepParams?: boolean }) => logSettings(deps, flags));
}

function spanFlags(command: Command): Command {
  return command
    .option("--from <time>", "first moment that counts, such as 2030-01-01", parseTime)
    .option("--until <time>", "first moment that does not count any more", parseTime);
}

function filterFlags(command: Command): Command {
  return spanFlags(command)
    .option("--package <name>", "calls of this package only")
    .option("--tool <name>", "calls of this tool only")
    .option("--key <id>", "calls by this API key only")
    .option("--outcome <outcome>", "success, failure, or an error's code");
}

function sums(deps: CliDeps, flags: SpanFlags & JsonFlag & { by: UsagePeriod }): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { usageByPeriod, usageByTool } = await import("../accounts/usage/summarise_usage.ts");
    const until = flags.until ?? new Date();
    const from = flags.from ?? new Date(until.getTime() - DEFAULT_SPAN_DAYS * DAY_MS);
    const span = { from, until };
    const periods = await usageByPeriod(sql, OWNER_CALLER, { ...span, period: flags.by });
    const tools = await usageByTool(sql, OWNER_CALLER, span);
    if (flags.json) return deps.terminal.out(`${JSON.stringify({ ...span, periods, tools })}\n`);
    const numbers = (sum: typeof periods[number] | typeof tools[number]) => [
      ...[String(sum.calls), String(sum.failures), `${(sum.durationMs / 1_000).toFixed(1)} s`],
      formatBytes(sum.egressBytes),
    ];
    const head = ["CALLS", "FAILED", "TIME", "NETWORK"];
    deps.terminal.out(
      formatTable([
        [flags.by.toUpperCase(), ...head],
        ...periods.map((sum) => [
          sum.at,
          ...numbers(sum),
        ]),
      ]),
    );
    if (tools.length === 0) return;
    deps.terminal.out(
      `\n${
        formatTable([
          ["TOOL", ...head],
          ...tools.map((sum) => [
            printable(`${sum.packageName} ${sum.toolName}`),
            ...numbers(sum),
          ]),
        ])
      }`,
    );
  });
}

function calls(deps: CliDeps, flags: FilterFlags & JsonFlag & { limit: number }): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { listCalls } = await import("../accounts/usage/list_calls.ts");
    const { limit } = flags;
    const found = await listCalls(sql, OWNER_CALLER, { filter: filterOf(flags), limit });
    if (flags.json) return deps.terminal.out(`${JSON.stringify(found)}\n`);
    const lines = found.map((call) => [
      call.at.slice(0, 19).replace("T", " "),
      printable(`${call.packageName} ${call.toolName}`),
      ...[call.version ?? "-", call.runtime ?? "-", call.outcome].map(printable),
      `${Math.round(call.durationMs)} ms`,
    ]);
    deps.terminal.out(
      formatTable([["AT", "TOOL", "VERSION", "RUNTIME", "OUTCOME", "TIME"], ...lines]),
    );
  });
}

function exportAll(deps: CliDeps, flags: FilterFlags & { format: ExportFormat }): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { exportCalls } = await import("../accounts/usage/export_calls.ts");
    const { format } = flags;
    for await (const text of exportCalls(sql, OWNER_CALLER, { filter: filterOf(flags), format })) {
      deps.terminal.out(text);
    }
  });
}

function logSettings(deps: CliDeps, flags: JsonFlag & { keepParams?: boolean }): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { changeLogSettings, readLogSettings } = await import(
      "../accounts/usage/log_settings.ts"
    );
    const { keepParams: wanted } = flags;
    if (wanted !== undefined) {
      await sql.begin((tx: AnySql) => changeLogSettings(tx, OWNER_ACTOR, { keepParams: wanted }));
    }
    const settings = await readLogSettings(sql, OWNER_CALLER.tenant);
    if (flags.json) return deps.terminal.out(`${JSON.stringify(settings)}\n`);
    deps.terminal.out(`parameters are ${settings.keepParams ? "kept, redacted" : "not kept"}\n`);
  });
}

function filterOf({ from, until, key, outcome, ...flags }: FilterFlags): CallFilter {
  return { packageName: flags.package, toolName: flags.tool, keyId: key, outcome, from, until };
}

function parseTime(text: string): Date {
  const time = new Date(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(time.getTime())) return time;
  throw new InvalidArgumentError("needs a time such as 2030-01-01 or 2030-01-01T12:00:00Z");
}

function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d{1,4}$/.test(text) && count >= 1 && count <= MAX_LISTED) return count;
  throw new InvalidArgumentError(`needs a number from 1 to ${MAX_LISTED}`);
}
