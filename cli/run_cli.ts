import { Command, CommanderError } from "commander";
import picocolors from "picocolors";
import { AirlockError } from "../spec/errors.ts";
import { auditCommand } from "./audit_command.ts";
import { addCommand } from "./add_command.ts";
import { agentsCommand } from "./agents_command.ts";
import { benchCommand } from "./bench_command.ts";
import { bridgeCommand } from "./bridge_command.ts";
import { cacheCommand } from "./cache_command.ts";
import type { CliDeps } from "./cli_deps.ts";
import { collectionsCommand } from "./collections_command.ts";
import { configCommand } from "./config_command.ts";
import { dbCommand } from "./db_command.ts";
import { describeCommand } from "./describe_command.ts";
import { doctorCommand } from "./doctor_command.ts";
import { execCommand } from "./exec_command.ts";
import { EXIT, exitCodeOf } from "./exit_codes.ts";
import { ExitWith } from "./exit_with.ts";
import { grantsCommand } from "./grants_command.ts";
import { mcpCommand } from "./mcp_command.ts";
import { pinsCommand } from "./pins_command.ts";
import { keysCommand } from "./keys_command.ts";
import { printable } from "./printable.ts";
import { secretsCommand } from "./secrets_command.ts";
import { serveCommand } from "./serve_command.ts";
import { tiersCommand } from "./tiers_command.ts";
import { toolsCommand } from "./tools_command.ts";
import { usageCommand } from "./usage_command.ts";
import { usersCommand } from "./users_command.ts";
import { syncCommand } from "./sync_command.ts";
import { versionCommand } from "./version_command.ts";

const COMMANDS = [
  serveCommand,
  mcpCommand,
  bridgeCommand,
  execCommand,
  describeCommand,
  addCommand,
  toolsCommand,
  cacheCommand,
  pinsCommand,
  dbCommand,
  syncCommand,
  benchCommand,
  doctorCommand,
  configCommand,
  collectionsCommand,
  agentsCommand,
  usageCommand,
  keysCommand,
  grantsCommand,
  secretsCommand,
  usersCommand,
  tiersCommand,
  auditCommand,
  versionCommand,
];

/** Runs the command line; resolves to the exit code. Never rejects. */
export async function runCli(args: readonly string[], deps: CliDeps): Promise<number> {
  const program = new Command("airlock")
    .description("Runs untrusted tools of AI agents in locked-down sandboxes")
    .version(deps.version)
    .exitOverride()
    .configureOutput({ writeOut: deps.terminal.out, writeErr: deps.terminal.err })
    .showHelpAfterError("Run airlock --help for what there is.");
  // Subcommands take over these settings when they are added.
  for (const addCommand of COMMANDS) addCommand(program, deps);
  try {
    await program.parseAsync([...args], { from: "user" });
    return EXIT.ok;
  } catch (error) {
    return report(error, deps);
  }
}

function report(error: unknown, deps: CliDeps): number {
  const { err, errColors } = deps.terminal;
  if (error instanceof ExitWith) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const color = picocolors.createColors(errColors);
  if (error instanceof AirlockError) {
    err(`${color.red("error")} ${printable(error.message)} ${color.dim(`(${error.code})`)}\n`);
    if (error.suggestion !== undefined) err(`${printable(error.suggestion)}\n`);
    return exitCodeOf(error.code);
  }
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  err(`${color.red("error")} run command: airlock failed\n${printable(text)}\n`);
  return EXIT.internal;
}
