import type { Command } from "commander";
import { loadConfig } from "../config.ts";
import type { SyncCounts, SyncJob } from "../registry/sync/sync_job.ts";
import type { SyncStatus } from "../registry/sync/sync_status.ts";
import type { CliDeps } from "./cli_deps.ts";
import { EXIT } from "./exit_codes.ts";
import { ExitWith } from "./exit_with.ts";
import { formatTable } from "./format_table.ts";
import { printable } from "./printable.ts";
import { progressLine } from "./progress_line.ts";

const JOBS: readonly (readonly [SyncJob, string])[] = [
  ["changes", "Read what the registry's changes feed has, or ask for watched packages"],
  ["keyword", "Search the registry for packages with tools"],
  ["metrics", "Read downloads and stars"],
  ["stats-snapshot", "Count what there is, as the counts of the day"],
];

interface Flags {
  readonly json?: true;
}

/** `airlock sync changes|keyword|metrics|stats-snapshot|status`. */
export function syncCommand(program: Command, deps: CliDeps): void {
  const sync = program.command("sync").description("Follow npm's registry, or see how that goes");
  for (const [job, description] of JOBS) {
    sync.command(job)
      .description(description)
      .option("--json", "print as JSON")
      .action((flags: Flags) => runJob(job, flags, deps));
  }
  sync.command("status")
    .description("What each job did last")
    .option("--json", "print as JSON")
    .action((flags: Flags) => showStatus(flags, deps));
}

async function runJob(job: SyncJob, { json }: Flags, deps: CliDeps): Promise<void> {
  const { terminal } = deps;
  const config = loadConfig(deps.environment);
  const stop = new AbortController();
  using _signals = deps.onSignal(() => stop.abort(new ExitWith(EXIT.interrupted)));
  using progress = progressLine(terminal);
  await using database = await deps.startDatabase(config);
  await using runner = await deps.openSync(config, { database });
  const started = runner.start(job, {
    signal: stop.signal,
    onProgress: (counts) => progress.show(`${job}: ${wordsOf(counts)}`),
  });
  const { id, counts } = await started
    .then(async ({ id, done }) => ({ id, counts: await done }))
    .catch((error: unknown) => {
      throw stop.signal.aborted ? stop.signal.reason : error;
    });
  progress.clear();
  terminal.out(
    json ? `${JSON.stringify({ id, job, ...counts })}\n` : `${job}: ${wordsOf(counts)}\n`,
  );
}

async function showStatus({ json }: Flags, deps: CliDeps): Promise<void> {
  const config = loadConfig(deps.environment);
  await using database = await deps.startDatabase(config, { asGuest: true });
  const { readSyncStatus } = await import("../registry/sync/sync_status.ts");
  const status = await readSyncStatus(database.sql);
  deps.terminal.out(json ? `${JSON.stringify(status)}\n` : statusText(status));
}

function wordsOf({ seen, recorded, failed }: SyncCounts): string {
  return `${seen} seen, ${recorded} recorded, ${failed} failed`;
}

function statusText({ jobs, watched, waiting }: SyncStatus): string {
  const rows = jobs.map(({ job, last, failures }) => {
    if (last === null) return [job, "never", "", "", "", ""];
    const state = last.endedAt === null ? "running" : last.error ?? "ok";
    const counts = [last.seen, last.recorded, last.failed].map(String);
    const repeated = failures > 1 ? ` (${failures} times)` : "";
    const started = last.startedAt.slice(0, 16).replace("T", " ");
    return [job, started, ...counts, `${printable(state)}${repeated}`];
  });
  return formatTable([["JOB", "LAST", "SEEN", "RECORDED", "FAILED", "STATE"], ...rows]) +
    `${watched} packages watched, ${waiting} wait for another attempt\n`;
}
