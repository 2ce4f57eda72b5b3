import type { Command } from "commander";
import { loadConfig } from "../config.ts";
import type { Database } from "../registry/database/database.ts";
import { AirlockError } from "../spec/errors.ts";
import type { CliDeps } from "./cli_deps.ts";
import { dumpToFile } from "./dump_to_file.ts";
import { formatTable } from "./format_table.ts";
import { progressLine } from "./progress_line.ts";

interface RestoreFlags {
  readonly force?: true;
  readonly json?: true;
}

interface JsonFlag {
  readonly json?: true;
}

/** A dump to a slow disk and a restore from one may pause in their transaction. */
const DAY_MS = 86_400_000;

/** `airlock db dump`, `restore`, `migrate` and `status`. */
export function dbCommand(program: Command, deps: CliDeps): void {
  const db = program.command("db").description("Look at, save, restore or migrate the database");
  db.command("status")
    .description("Say where the database is, how it is, and what it was migrated by")
    .option("--json", "print as JSON")
    .action((flags: JsonFlag) => withDatabase(deps, (database) => status(database, flags, deps)));
  db.command("migrate")
    .description("Bring the schema up to date, as `airlock serve` does when it starts")
    .option("--json", "print as JSON")
    .action((flags: JsonFlag) =>
      withDatabase(deps, (database) => bring(database, flags, deps), { alone: true })
    );
  db.command("dump")
    .description("Write everything to a file that restores into either kind of database")
    .argument("[file]", "gzipped where it ends in .gz; standard output when left out")
    .option("--json", "print what was written as JSON")
    .action((file: string | undefined, flags: JsonFlag) =>
      withDatabase(deps, (database) => dump(database, { ...flags, file, deps }))
    );
  db.command("restore")
    .description("Fill an empty database from such a file: all of it or nothing")
    .argument("<file>", "made by `airlock db dump`")
    .option("--force", "replace what is in the database")
    .option("--json", "print what was read as JSON")
    .action((file: string, flags: RestoreFlags) =>
      // Not under a gateway that goes on.
      withDatabase(
        deps,
        (database) => restore(database, { ...flags, file, deps }),
        { alone: true },
      )
    );
}

async function withDatabase(
  deps: CliDeps,
  act: (database: Database) => Promise<void>,
  { alone = false } = {},
): Promise<void> {
  await using database = await deps.openDatabase(loadConfig(deps.environment), {
    ...{ transactionIdleMs: DAY_MS, statementMs: null, connections: 2, alone },
  });
  await act(database);
}

async function status(database: Database, { json }: JsonFlag, { terminal }: CliDeps) {
  const { migrationState } = await import("../registry/database/migrate.ts");
  const health = await requireHealth(database);
  const [facts] = await database.sql<{ version: string; sizeBytes: number }[]>`
    select current_setting('server_version') as version,
      pg_database_size(current_database())::float8 as "sizeBytes"`;
  const state = await migrationState(database);
  if (json) return terminal.out(`${JSON.stringify({ ...health, ...facts, ...state })}\n`);
  const { applied, pending } = state;
  terminal.out(formatTable([
    ["database", health.kind === "pglite" ? "in the data directory (PGlite)" : "PostgreSQL"],
    ["version", facts?.version ?? ""],
    ["state", `${health.state}, answers in ${health.latencyMs?.toFixed(1)} ms`],
    ["size", `${((facts?.sizeBytes ?? 0) / 1024 ** 2).toFixed(1)} MB`],
    ["applied", `${applied.length} migrations, last ${applied.at(-1) ?? "none"}`],
    ["pending", pending.length === 0 ? "none" : pending.join(", ")],
  ]));
}

async function bring(database: Database, { json }: JsonFlag, { terminal }: CliDeps) {
  const { migrate } = await import("../registry/database/migrate.ts");
  const applied = await migrate(database);
  if (json) return terminal.out(`${JSON.stringify({ applied })}\n`);
  terminal.out(applied.length === 0 ? "up to date\n" : applied.map((name) => `${name}\n`).join(""));
}

/** What a dump and a restore are told. */
interface FileOptions extends RestoreFlags {
  readonly file: string;
  readonly deps: CliDeps;
}

async function dump(
  database: Database,
  options: Omit<FileOptions, "file"> & { readonly file: string | undefined },
): Promise<void> {
  const { file, json, deps: { terminal } } = options;
  const { dumpDatabase } = await import("../registry/database/dump/dump_database.ts");
  using progress = progressLine(terminal);
  const onProgress = progressOf(progress.show, "dumping");
  if (file === undefined) {
    await dumpDatabase(database, { write: terminal.out, onProgress });
    return;
  }
  const rows = await dumpToFile(file, (write) => dumpDatabase(database, { write, onProgress }));
  progress.clear();
  terminal.out(json ? `${JSON.stringify({ file, rows })}\n` : `wrote ${rows} rows to ${file}\n`);
}

async function restore(database: Database, options: FileOptions): Promise<void> {
  const { file, force, json, deps: { terminal } } = options;
  const [{ restoreDatabase }, { readLines }] = await Promise.all([
    import("../registry/database/dump/restore_database.ts"),
    import("../registry/database/dump/read_lines.ts"),
  ]);
  using progress = progressLine(terminal);
  const opened = await openFile(file);
  const bytes = file.endsWith(".gz")
    ? opened.readable.pipeThrough(new DecompressionStream("gzip"))
    : opened.readable;
  const rows = await restoreDatabase(database, {
    lines: readLines(bytes),
    force,
    onProgress: progressOf(progress.show, "restoring"),
  });
  progress.clear();
  terminal.out(json ? `${JSON.stringify({ file, rows })}\n` : `read ${rows} rows from ${file}\n`);
}

function progressOf(show: (text: string) => void, doing: string) {
  return ({ table, rows }: { readonly table: string; readonly rows: number }) =>
    show(`${doing} ${table}: ${rows} rows`);
}

async function openFile(file: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(file);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new AirlockError("invalid_input", `read dump: there is no file ${file}`, { cause });
  }
}

async function requireHealth(database: Database) {
  const health = await database.health();
  if (health.state === "ok") return health;
  throw new AirlockError("upstream_failed", `ask the database: ${health.problem}`, {
    suggestion: "Start the server, or correct AIRLOCK_DATABASE_URL.",
  });
}
