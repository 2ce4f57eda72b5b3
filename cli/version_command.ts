import type { Command } from "commander";
import type { CliDeps } from "./cli_deps.ts";

/** `airlock version`: versions of Airlock and of what it runs on. */
export function versionCommand(program: Command, deps: CliDeps): void {
  program.command("version")
    .description("Print versions")
    .option("--json", "print as JSON")
    .action((flags: { json?: true }) => {
      const { deno, v8, typescript } = Deno.version;
      const versions = { airlock: deps.version, deno, v8, typescript };
      deps.terminal.out(
        flags.json
          ? `${JSON.stringify(versions)}\n`
          : Object.entries(versions).map(([name, version]) => `${name} ${version}\n`).join(""),
      );
    });
}
