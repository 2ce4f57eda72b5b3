import type { Command } from "commander";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import { loadConfig } from "../config.ts";
import type { PinDesk } from "../gateway/pins/pin_desk.ts";
import { listPins, type PinKey, readPin } from "../registry/pins/read_pins.ts";
import type { Database } from "../registry/database/database.ts";
import type { Caller } from "../spec/account.ts";
import { AirlockError } from "../spec/errors.ts";
import type { CliDeps, Engine } from "./cli_deps.ts";
import { EXIT } from "./exit_codes.ts";
import { ExitWith } from "./exit_with.ts";
import { formatTable } from "./format_table.ts";
import { printable } from "./printable.ts";
import { type HashPair, parseHashPair } from "./parse_hash_pair.ts";
import { printPinDiff } from "./print_pin_diff.ts";

const MAX_LISTED = 1_000;

/** `airlock pins`: what tools of collections were, what they would be, and what is to become of it. */
export function pinsCommand(program: Command, deps: CliDeps): void {
  const pins = program.command("pins").description("Look at pinned tools, and decide on changes");
  pins.command("ls")
    .description("List the pins of a collection, and what waits for a decision")
    .argument("<collection>", "id of the collection")
    .option("--json", "print as JSON")
    .action((collectionId: string, flags: { json?: true }) =>
      listCommand(collectionId, { deps, json: flags.json ?? false })
    );
  pins.command("check")
    .description("Look for new versions, which are held back")
    .argument("<collection>", "id of the collection")
    .argument("<tool>", "id of the tool")
    .action((collectionId: string, toolId: string) => checkCommand({ collectionId, toolId }, deps));
  pins.command("diff")
    .description("Show what would change")
    .argument("<collection>", "id of the collection")
    .argument("<tool>", "id of the tool")
    .option("--change <hash>", "the change; the newest that waits unless given")
    .option("--json", "print as JSON")
    .action((collectionId: string, toolId: string, flags: { change?: string; json?: true }) =>
      diffCommand({ collectionId, toolId, ...flags }, deps)
    );
  for (const verdict of ["accept", "reject"] as const) {
    pins.command(verdict)
      .description(`${verdict === "accept" ? "Accept" : "Reject"} a change that was looked at`)
      .argument("<collection>", "id of the collection")
      .argument("<tool>", "id of the tool")
      .argument("<hashes>", "pin and change, as `airlock pins diff` prints them", parseHashPair)
      .action((collectionId: string, toolId: string, pair: HashPair) =>
        decideCommand({ collectionId, toolId }, { deps, pair, verdict })
      );
  }
}

async function listCommand(
  collectionId: string,
  { deps, json }: { readonly deps: CliDeps; readonly json: boolean },
): Promise<void> {
  await using database = await deps.startDatabase(loadConfig(deps.environment), { asGuest: true });
  const listed = await listPins(database.sql, { collectionId, limit: MAX_LISTED });
  if (json) return deps.terminal.out(`${JSON.stringify(listed)}\n`);
  const rows = listed.map(({ pin, waiting }) => [
    pin.toolId,
    printable(`${pin.packageName}@${pin.version}`),
    printable(pin.toolName),
    waiting.length === 0 ? "" : `${printable(waiting[0]!.version)} waits`,
    pin.findings.length === 0 ? "" : `${pin.findings.length} findings`,
  ]);
  deps.terminal.out(formatTable([["TOOL", "PINNED", "NAME", "CHANGE", "SCAN"], ...rows]));
}

async function checkCommand(key: PinKey, deps: CliDeps): Promise<void> {
  await withDesk(deps, async ({ desk, database, signal }) => {
    const change = await desk.check(await ownerOf(database, key), { ...key, signal });
    deps.terminal.out(
      change === null
        ? "as it was pinned\n"
        : `${printable(change.version)} ${
          change.state === "waiting" ? "is held back" : `was ${change.state}`
        }: airlock pins diff ${key.collectionId} ${key.toolId}\n`,
    );
  });
}

async function diffCommand(
  { json, ...wanted }: PinKey & { readonly change?: string; readonly json?: true },
  deps: CliDeps,
): Promise<void> {
  await withDesk(deps, async ({ desk, database, signal }) => {
    const shown = await desk.show(await ownerOf(database, wanted), { ...wanted, signal });
    deps.terminal.out(json ? `${JSON.stringify(shown)}\n` : printPinDiff(shown));
  });
}

async function decideCommand(
  key: PinKey,
  { deps, pair, verdict }: {
    readonly deps: CliDeps;
    readonly pair: HashPair;
    readonly verdict: "accept" | "reject";
  },
): Promise<void> {
  const { PinDesk } = await import("../gateway/pins/pin_desk.ts");
  await using database = await deps.startDatabase(loadConfig(deps.environment), { asGuest: true });
  const { sql } = database;
  const desk = new PinDesk({ sql, openCode: noCode, onDecided() {} });
  const caller = await ownerOf(database, key);
  const hashes = await desk.complete(caller, { ...key, ...pair });
  const pin = await desk.decide({ caller, requestId: null }, { ...key, ...hashes, verdict });
  deps.terminal.out(`${verdict}ed, pinned is ${printable(`${pin.packageName}@${pin.version}`)}\n`);
}

interface OpenDesk {
  readonly desk: PinDesk;
  readonly database: Database;
  readonly signal: AbortSignal;
}

async function withDesk(deps: CliDeps, work: (open: OpenDesk) => Promise<void>): Promise<void> {
  const { PinDesk } = await import("../gateway/pins/pin_desk.ts");
  const config = loadConfig(deps.environment);
  const stop = new AbortController();
  using _signals = deps.onSignal(() => stop.abort(new ExitWith(EXIT.interrupted)));
  await using database = await deps.startDatabase(config, { asGuest: true });
  await using engine: Engine = await deps.openEngine(config);
  const { sql } = database;
  const desk = new PinDesk({ sql, openCode: engine.openCode, onDecided() {} });
  await work({ desk, database, signal: stop.signal });
}

/** Whoever has the machine has the collections of everybody on it. */
async function ownerOf(database: Database, key: PinKey): Promise<Caller> {
  const pin = await readPin(database.sql, key);
  return pin === null ? OWNER_CALLER : { ...OWNER_CALLER, tenant: pin.ownerId };
}

function noCode(): Promise<never> {
  return Promise.reject(new AirlockError("artifact_failed", "Reading code: not needed here"));
}
