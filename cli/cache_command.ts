import type { Command } from "commander";
import { loadConfig } from "../config.ts";
import { AirlockError } from "../spec/errors.ts";
import type { CliDeps } from "./cli_deps.ts";
import { formatBytes, formatTable } from "./format_table.ts";
import { parseDurationMs, parseSizeBytes } from "./parse_options.ts";
import { printable } from "./printable.ts";

interface PruneFlags {
  readonly maxSize?: number;
  readonly olderThan?: number;
  readonly all?: true;
  readonly locks?: true;
  readonly json?: true;
}

/** `airlock cache ls` and `airlock cache prune`. */
export function cacheCommand(program: Command, deps: CliDeps): void {
  const cache = program.command("cache").description("Look at or shrink the artifact cache");
  cache.command("ls")
    .description("List artifacts, last used first")
    .option("--json", "print as JSON")
    .action((flags: { json?: true }) => listCache(flags.json ?? false, deps));
  cache.command("prune")
    .description("Remove artifacts that are not in use")
    .option("--max-size <size>", "the least used ones until this is left", parseSizeBytes)
    .option("--older-than <time>", "those not used for so long, such as 7d", parseDurationMs)
    .option("--all", "all of them")
    .option("--locks", "also forget what package versions were locked to")
    .option("--json", "print as JSON")
    .action((flags: PruneFlags) => pruneCache(flags, deps));
}

async function listCache(json: boolean, deps: CliDeps): Promise<void> {
  await using store = await deps.openCache(loadConfig(deps.environment));
  const entries = [...await store.list()].sort((a, b) => b.lastUsedMs - a.lastUsedMs);
  if (json) return deps.terminal.out(`${JSON.stringify(entries)}\n`);
  const rows = entries.map((entry) => [
    entry.digest.slice(0, 12),
    printable(entry.name),
    formatBytes(entry.sizeBytes),
    new Date(entry.lastUsedMs).toISOString().slice(0, 16).replace("T", " "),
  ]);
  const total = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  deps.terminal.out(formatTable([["DIGEST", "PACKAGE", "SIZE", "LAST USED"], ...rows]));
  deps.terminal.out(`${entries.length} artifacts, ${formatBytes(total)}\n`);
}

async function pruneCache(flags: PruneFlags, deps: CliDeps): Promise<void> {
  const { maxSize, olderThan, all, locks } = flags;
  if (maxSize === undefined && olderThan === undefined && !all && !locks) {
    throw new AirlockError("invalid_input", "prune cache: nothing says how much", {
      stage: "request",
      suggestion: "Give --max-size, --older-than, --all or --locks.",
    });
  }
  await using store = await deps.openCache(loadConfig(deps.environment));
  const { removed, freedBytes } = await store.prune({
    ...(maxSize !== undefined && { maxBytes: maxSize }),
    ...(olderThan !== undefined && { olderThanMs: olderThan }),
    ...(all && { all }),
    ...(locks && { locks }),
  });
  if (flags.json) return deps.terminal.out(`${JSON.stringify({ removed, freedBytes })}\n`);
  deps.terminal.out(`removed ${removed} artifacts, ${formatBytes(freedBytes)}\n`);
}
