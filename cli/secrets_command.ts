import type { Command } from "commander";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import type { AnySql } from "../registry/database/database.ts";
import { AirlockError } from "../spec/errors.ts";
import type { CliDeps } from "./cli_deps.ts";
import { formatTable } from "./format_table.ts";
import { onDatabase } from "./on_database.ts";
import { printable } from "./printable.ts";

const ACTOR = { caller: OWNER_CALLER, requestId: null };

const MAX_LISTED = 1_000;

interface Flags {
  readonly json?: true;
  /** Id of a collection. */
  readonly collection?: string;
}

const OF_COLLECTION = [
  "--collection <id>",
  "of a collection instead of the account itself",
] as const;

/** `airlock secrets`: keep, list and forget secrets of the owner, and change the master key. */
export function secretsCommand(program: Command, deps: CliDeps): void {
  const secrets = program.command("secrets")
    .description("Secrets that tools get as environment variables");
  secrets.command("ls")
    .description("List names; values are never shown")
    .option(...OF_COLLECTION)
    .option("--json", "print as JSON")
    .action((flags: Flags) => list(deps, flags));
  secrets.command("set <name>")
    .description("Keep a secret, read from standard input: arguments can be seen by others")
    .option(...OF_COLLECTION)
    .option("--json", "print as JSON")
    .action((name: string, flags: Flags) => set(deps, name, flags));
  secrets.command("rm <name>")
    .description("Forget a secret")
    .option(...OF_COLLECTION)
    .option("--json", "print as JSON")
    .action((name: string, flags: Flags) => remove(deps, name, flags));
  secrets.command("rotate")
    .description("Seal everything under AIRLOCK_MASTER_KEY instead of AIRLOCK_MASTER_KEY_PREVIOUS")
    .option("--json", "print as JSON")
    .action((flags: Flags) => rotate(deps, flags));
}

function list(deps: CliDeps, flags: Flags): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { listSecrets } = await import("../accounts/secrets/list_secrets.ts");
    const wanted = { limit: MAX_LISTED, collectionId: flags.collection };
    const found = await listSecrets(sql, OWNER_CALLER, wanted);
    if (flags.json) return deps.terminal.out(`${JSON.stringify(found)}\n`);
    const lines = found.map((one) => [
      ...[
        printable(one.name),
        one.collectionId ?? "-",
        one.updatedAt.slice(0, 16).replace("T", " "),
      ],
    ]);
    deps.terminal.out(formatTable([["NAME", "COLLECTION", "CHANGED"], ...lines]));
  });
}

function set(deps: CliDeps, name: string, flags: Flags): Promise<void> {
  return onDatabase(deps, async ({ sql }, config) => {
    const value = (await deps.terminal.readStdin()).replace(/\r?\n$/, "");
    const masterKeys = await openMasterKeys(config);
    const { storeSecret } = await import("../accounts/secrets/store_secret.ts");
    const { lockCollection } = await import("../accounts/collections/find_collection.ts");
    const { collection: collectionId = null } = flags;
    const kept = await sql.begin(async (tx: AnySql) => {
      if (collectionId !== null) await lockCollection(tx, ACTOR, { id: collectionId });
      return await storeSecret(tx, ACTOR, { name, value, collectionId, masterKeys });
    });
    deps.terminal.out(flags.json ? `${JSON.stringify(kept)}\n` : `kept ${kept.name}\n`);
  });
}

function remove(deps: CliDeps, name: string, flags: Flags): Promise<void> {
  return onDatabase(deps, async ({ sql }) => {
    const { listSecrets } = await import("../accounts/secrets/list_secrets.ts");
    const { removeSecret } = await import("../accounts/secrets/store_secret.ts");
    const { collection: collectionId = null } = flags;
    const found = await listSecrets(sql, OWNER_CALLER, { limit: MAX_LISTED });
    const secret = found.find((one) => one.name === name && one.collectionId === collectionId);
    if (secret === undefined) {
      throw new AirlockError("not_found", "forget secret: there is none of that name", {
        stage: "request",
        suggestion: "See `airlock secrets ls`.",
      });
    }
    const { id } = secret;
    const gone = await sql.begin((tx: AnySql) => removeSecret(tx, ACTOR, { id }));
    deps.terminal.out(flags.json ? `${JSON.stringify(gone)}\n` : `forgot ${gone.name}\n`);
  });
}

function rotate(deps: CliDeps, flags: Flags): Promise<void> {
  return onDatabase(deps, async ({ sql }, config) => {
    const { resealDataKeys } = await import("../accounts/secrets/data_keys.ts");
    const resealed = await resealDataKeys(sql, await openMasterKeys(config), { actor: ACTOR });
    const text = flags.json ? JSON.stringify({ resealed }) : `sealed ${resealed} keys anew`;
    deps.terminal.out(`${text}\n`);
  });
}

async function openMasterKeys(config: Parameters<Parameters<typeof onDatabase>[1]>[1]) {
  const { MasterKeys } = await import("../accounts/secrets/master_keys.ts");
  const { bytesOfKey } = await import("../config/parsers.ts");
  const bytes = (key: typeof config.masterKey) =>
    key === undefined ? undefined : bytesOfKey(key.reveal());
  return new MasterKeys({
    current: bytes(config.masterKey),
    previous: bytes(config.masterKeyPrevious),
  });
}
