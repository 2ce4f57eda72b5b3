import { Command, CommanderError } from "commander";
import picocolors from "picocolors";
import { AirlockError } from "../spec/errors.ts";
import type { CliDeps } from "./cli_deps.ts";
import { EXIT, exitCodeOf } from "./exit_codes.ts";
import { ExitWith } from "./exit_with.ts";
import { loadCommands } from "./load_commands.ts";
import { printable } from "./printable.ts";

/** Runs the command line; resolves to the exit code. Never rejects. */
export async function runCli(args: readonly string[], deps: CliDeps): Promise<number> {
  const program = new Command("airlock")
    .description("Runs untrusted tools of AI agents in locked-down sandboxes")
    .version(deps.version)
    .exitOverride()
    .configureOutput({ writeOut: deps.terminal.out, writeErr: deps.terminal.err })
    .showHelpAfterError("Run airlock --help for what there is.");
  try {
    // Subcommands take over these settings when they are added.
    for (const addCommand of await loadCommands(args)) addCommand(program, deps);
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
