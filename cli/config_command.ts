import type { Command } from "commander";
import picocolors from "picocolors";
import { loadConfig } from "../config.ts";
import { describeConfig } from "../config/describe_config.ts";
import type { CliDeps } from "./cli_deps.ts";
import { formatTable } from "./format_table.ts";

/** `airlock config`: every setting with its value, secrets masked; fails where one is wrong. */
export function configCommand(program: Command, deps: CliDeps): void {
  program.command("config")
    .description("Show every setting, where it comes from, and what is wrong with it")
    .option("--json", "print as JSON")
    .action((flags: { json?: true }) => {
      const { terminal, environment } = deps;
      const color = picocolors.createColors(terminal.outColors);
      const rows = describeConfig(environment);
      if (flags.json) {
        terminal.out(`${JSON.stringify(rows)}\n`);
      } else {
        const lines = formatTable(
          rows.map((row) => [row.name, row.value === "" ? "-" : row.value, row.meaning]),
        ).split("\n");
        rows.forEach((row, index) => {
          const line = lines[index]!;
          terminal.out(`${row.source === "environment" ? color.bold(line) : line}\n`);
        });
      }
      loadConfig(environment);
    });
}
