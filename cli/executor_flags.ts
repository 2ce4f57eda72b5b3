import type { Command } from "commander";
import { type KeptExecutor, keptExecutorSchema } from "../accounts/collections/kept_executor.ts";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import type { Config } from "../config.ts";
import type { Database } from "../registry/database/database.ts";
import { AirlockError } from "../spec/errors.ts";
import type { CliDeps } from "./cli_deps.ts";

/** What says where calls run. */
export interface ExecutorFlags {
  readonly executor?: string;
  readonly executorToken?: string;
}

/** Adds `--executor` and `--executor-token` to a command. */
export function withExecutorFlags(command: Command): Command {
  return command
    .option("--executor <url>", "where calls run: local, an https URL, or system for neither")
    .option("--executor-token <secret>", "name of the secret that the executor is sent");
}

/**
 * The executor that flags name, checked where it is another program; `undefined` where they name none.
 * @throws {AirlockError} `invalid_input`, saying what is wrong with it; `not_found` for the secret.
 */
export async function executorOf(
  { executor: wanted, executorToken }: ExecutorFlags,
  over: {
    readonly deps: CliDeps;
    readonly config: Config;
    readonly database: Database;
    readonly collectionId?: string;
  },
): Promise<KeptExecutor | null | undefined> {
  if (wanted === undefined) return undefined;
  if (wanted === "system") return null;
  if (wanted === "local") return { kind: "local" };
  const tokenSecret = executorToken ?? null;
  const parsed = keptExecutorSchema.safeParse({ kind: "remote", url: wanted, tokenSecret });
  if (!parsed.success || parsed.data.kind !== "remote") throw noExecutor();
  const executor = parsed.data;
  const { deps, config, database, collectionId } = over;
  await using accounts = await deps.openAccounts(config, { database, url: () => "" });
  const choice = await accounts.executorFor(OWNER_CALLER, { executor, collectionId });
  await deps.checkExecutor(config, choice);
  return executor;
}

function noExecutor(): AirlockError {
  return new AirlockError("invalid_input", "read --executor: it is no executor", {
    stage: "request",
    suggestion: "Say local, system, or an https URL, with --executor-token for a secret's name.",
  });
}
