import type { Command } from "commander";
import type { CliDeps } from "./cli_deps.ts";
import { ExitWith } from "./exit_with.ts";

/** `airlock bench`: measures this machine. Arguments go to the benchmarks as they are. */
export function benchCommand(program: Command, deps: CliDeps): void {
  program.command("bench")
    .description("Measure calls on this machine")
    .argument("[args...]", "passed on")
    .allowUnknownOption()
    .action(async (args: string[]) => {
      const code = await deps.bench(args);
      if (code !== 0) throw new ExitWith(code);
    });
}
