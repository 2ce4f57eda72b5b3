import type { Command } from "commander";
import picocolors from "picocolors";
import { type Config, loadConfig } from "../config.ts";
import { AirlockError } from "../spec/errors.ts";
import type { CliDeps, DoctorCheck } from "./cli_deps.ts";
import { EXIT } from "./exit_codes.ts";
import { ExitWith } from "./exit_with.ts";

/** `airlock doctor`: what this machine gives, and what to do for more. */
export function doctorCommand(program: Command, deps: CliDeps): void {
  program.command("doctor")
    .description("Check this machine: isolation, data directory, registry, configuration")
    .option("--json", "print as JSON")
    .action(async (flags: { json?: true }) => {
      const { checks, isolation } = await examine(deps);
      if (flags.json) {
        deps.terminal.out(`${JSON.stringify({ isolation, checks })}\n`);
      } else {
        deps.terminal.out(checks.map((check) => checkLines(check, deps)).join(""));
        deps.terminal.out(`\nsandboxes are held by: ${isolation}\n`);
      }
      if (checks.some((check) => check.status === "fail")) throw new ExitWith(EXIT.notPrepared);
    });
}

async function examine(deps: CliDeps) {
  const { deno, v8 } = Deno.version;
  const checks: DoctorCheck[] = [{
    name: "versions",
    status: "ok",
    detail: `airlock ${deps.version}, deno ${deno}, v8 ${v8}`,
  }];
  let config: Config;
  try {
    config = loadConfig(deps.environment);
    checks.push({ name: "configuration", status: "ok", detail: "no faults" });
  } catch (error) {
    if (!(error instanceof AirlockError)) throw error;
    checks.push({
      name: "configuration",
      status: "fail",
      detail: error.message,
      suggestion: error.suggestion,
    });
    // The machine is worth examining all the same.
    config = loadConfig({});
  }
  checks.push(weakKey(config), await dataDirectory(config.dataDirectory));
  const machine = await deps.probeMachine(config);
  return { isolation: machine.isolation, checks: [...checks, ...machine.checks] };
}

function weakKey(config: Config): DoctorCheck {
  const name = "API key";
  if (config.apiKey === undefined) {
    return { name, status: "ok", detail: "none: only this machine may call" };
  }
  if (config.apiKey.reveal().length >= 16) return { name, status: "ok", detail: "set" };
  return {
    name,
    status: "warn",
    detail: "shorter than 16 characters",
    suggestion: "Use a random one, such as `openssl rand -hex 24` prints.",
  };
}

async function dataDirectory(path: string): Promise<DoctorCheck> {
  const name = "data directory";
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
    await Deno.remove(await Deno.makeTempFile({ dir: path, prefix: "doctor-" }));
    return { name, status: "ok", detail: `${path} can be written` };
  } catch (error) {
    return {
      name,
      status: "fail",
      detail: `${path} cannot be written${error instanceof Error ? ` (${error.name})` : ""}`,
      suggestion: "Point AIRLOCK_DATA_DIR at a directory that this user may write.",
    };
  }
}

function checkLines(check: DoctorCheck, deps: CliDeps): string {
  const color = picocolors.createColors(deps.terminal.outColors);
  const marks = { ok: color.green("ok  "), warn: color.yellow("warn"), fail: color.red("fail") };
  const advice = check.suggestion === undefined ? "" : `     ${color.dim(check.suggestion)}\n`;
  return `${marks[check.status]} ${color.bold(check.name)}: ${check.detail}\n${advice}`;
}
