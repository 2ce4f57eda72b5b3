import { type Command, InvalidArgumentError } from "commander";
import type { KeyView } from "../accounts/keys/key_record.ts";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import type { AnySql } from "../registry/database/database.ts";
import { type Scope, SCOPES } from "../spec/account.ts";
import { RATE_CLASSES, type RateOverrides } from "../spec/rate_limit.ts";
import { collectRate } from "./collect_rate.ts";
import type { CliDeps } from "./cli_deps.ts";
import { formatTable } from "./format_table.ts";
import { onDatabase } from "./on_database.ts";
import { collectWord, parseDurationMs } from "./parse_options.ts";
import { printable } from "./printable.ts";

/** The command line acts for whoever has the machine. */
const ACTOR = { caller: OWNER_CALLER, requestId: null };

const MAX_LISTED = 1_000;

interface JsonFlag {
  readonly json?: true;
}

interface CreateFlags extends JsonFlag {
  readonly name: string;
  readonly scope: readonly Scope[];
  readonly collection: readonly string[];
  readonly expires?: number;
  /** As JSON. */
  readonly ceiling?: string;
  readonly rate?: RateOverrides;
}

/** `airlock keys`: make, list, rotate and revoke API keys of the installation's owner. */
export function keysCommand(program: Command, deps: CliDeps): void {
  const keys = program.command("keys").description("API keys of whoever has this installation");
  keys.command("ls")
    .description("List keys, newest first")
    .option("--json", "print as JSON")
    .action((flags: JsonFlag) => list(deps, flags));
  keys.command("create")
    .description("Make a key and print it, once")
    .requiredOption("--name <name>", "what it is for")
    .option("--scope <scope>", `one of ${SCOPES.join(", ")}; may be repeated`, collectScope, [])
    .option("--collection <id>", "hold the key to a collection; may be repeated", collectWord, [])
    .option("--expires <time>", "end after so long, such as 30d", parseDurationMs)
    .option(
      "--ceiling <json>",
      `the most that calls may do and use, such as '{"limits":{"timeoutMs":5000}}'`,
    )
    .option(
      "--rate <class=limit/window>",
      `instead of the tier's, such as execute=60/1m; of ${RATE_CLASSES.join(", ")}; repeatable`,
      collectRate,
    )
    .option("--json", "print as JSON")
    .action((flags: CreateFlags) => create(deps, flags));
  keys.command("rotate <id>")
    .description("Make a successor; the old key goes on for a while")
    .option("--overlap <time>", "how long the old key goes on", parseDurationMs, 3_600_000)
    .option("--json", "print as JSON")
    .action((id: string, flags: JsonFlag & { overlap: number }) => rotate(deps, id, flags));
  keys.command("revoke <id>")
    .description("End a key now")
    .option("--json", "print as JSON")
    .action((id: string, flags: JsonFlag) => revoke(deps, id, flags));
}

function list(deps: CliDeps, flags: JsonFlag): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { listKeys } = await import("../accounts/keys/read_keys.ts");
    const { viewKey } = await import("../accounts/keys/key_record.ts");
    const rows = await listKeys(sql, OWNER_CALLER, { limit: MAX_LISTED });
    const views = rows.map((row) => viewKey(row, new Date()));
    if (flags.json) return deps.terminal.out(`${JSON.stringify(views)}\n`);
    const lines = views.map((key) => [
      ...[key.id, printable(key.name), key.hint, key.state, key.scopes.join(",")],
      key.lastUsedAt?.slice(0, 16).replace("T", " ") ?? "never",
    ]);
    deps.terminal.out(
      formatTable([["ID", "NAME", "KEY", "STATE", "SCOPES", "LAST USED"], ...lines]),
    );
  });
}

function create(deps: CliDeps, flags: CreateFlags): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { createKey } = await import("../accounts/keys/create_key.ts");
    const { parseCeiling } = await import("../accounts/keys/parse_ceiling.ts");
    const { requireCollections } = await import("../accounts/keys/require_collections.ts");
    const { name, scope, collection, expires, rate } = flags;
    const ceiling = flags.ceiling === undefined ? {} : parseCeiling(flags.ceiling);
    await requireCollections(sql, OWNER_CALLER, { ids: collection });
    const made = await sql.begin((tx: AnySql) =>
      createKey(tx, ACTOR, {
        name,
        scopes: scope.length > 0 ? scope : ["tools:read", "tools:execute", "mcp:execute"],
        collections: collection.length > 0 ? collection : null,
        ceiling,
        expiresAt: expires === undefined ? null : new Date(Date.now() + expires),
        rateLimits: rate ?? null,
      })
    );
    print(deps, flags, { id: made.row.id, token: made.token });
  });
}

function rotate(deps: CliDeps, id: string, flags: JsonFlag & { overlap: number }): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { rotateKey } = await import("../accounts/keys/change_key.ts");
    const made = await sql.begin((tx: AnySql) =>
      rotateKey(tx, ACTOR, { id, overlapMs: flags.overlap })
    );
    print(deps, flags, { id: made.row.id, token: made.token });
  });
}

function revoke(deps: CliDeps, id: string, flags: JsonFlag): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { revokeKey } = await import("../accounts/keys/change_key.ts");
    const { viewKey } = await import("../accounts/keys/key_record.ts");
    const row = await sql.begin((tx: AnySql) => revokeKey(tx, ACTOR, { id }));
    const view: KeyView = viewKey(row, new Date());
    deps.terminal.out(flags.json ? `${JSON.stringify(view)}\n` : `revoked ${view.id}\n`);
  });
}

/** The token goes to stdout alone, so that it can be piped; what it is to stderr. */
function print(
  { terminal }: CliDeps,
  { json }: JsonFlag,
  key: { readonly id: string; readonly token: string },
): void {
  if (json) return terminal.out(`${JSON.stringify(key)}\n`);
  terminal.err(`${key.id}: keep this key, it is not shown again\n`);
  terminal.out(`${key.token}\n`);
}

function collectScope(text: string, before: readonly Scope[]): Scope[] {
  const scope = SCOPES.find((one) => one === text);
  if (scope !== undefined) return [...before, scope];
  throw new InvalidArgumentError(`needs one of ${SCOPES.join(", ")}`);
}
