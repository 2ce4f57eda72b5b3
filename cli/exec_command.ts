import { type Command, Option } from "commander";
import picocolors from "picocolors";
import { loadConfig } from "../config.ts";
import { AirlockError } from "../spec/errors.ts";
import type { ExecutionRequest, ExecutionResult } from "../spec/execution.ts";
import type { JsonValue } from "../spec/json.ts";
import type { NetGrant, Permissions } from "../spec/permissions.ts";
import type { SourceWish } from "../spec/tool.ts";
import type { CliDeps, Engine } from "./cli_deps.ts";
import { callOnce } from "./call_once.ts";
import { EXIT, exitCodeOf } from "./exit_codes.ts";
import { ExitWith } from "./exit_with.ts";
import {
  collectEnv,
  collectWord,
  type PackageTarget,
  parseDurationMs,
  parseNetGrant,
} from "./parse_options.ts";
import { parseParams } from "./parse_params.ts";
import { bringPlugin, parseTarget, type PluginFile } from "./plugin_file.ts";
import { printable } from "./printable.ts";

type Target = PackageTarget | PluginFile;

interface ExecFlags {
  readonly env: Readonly<Record<string, string>>;
  readonly envFrom: readonly string[];
  readonly net?: NetGrant;
  readonly timeout?: number;
  readonly source?: SourceWish;
  readonly tmp?: true;
  readonly json?: true;
}

/** `airlock exec <package> <tool> [params]`: runs one tool once. */
export function execCommand(program: Command, deps: CliDeps): void {
  program.command("exec")
    .description("Run one tool: its result on stdout, its log on stderr")
    .argument("<package>", "npm package, with @version, or a .wasm file", parseTarget)
    .argument("<tool>", "name of the tool")
    .argument("[params]", "JSON parameters, or - to read them from stdin", "{}")
    .option("--env <NAME=value>", "environment value for the tool; repeatable", collectEnv, {})
    .option("--env-from <NAME>", "take it from this environment; repeatable", collectWord, [])
    .option("--net <grant>", "none, public, or hosts separated by commas", parseNetGrant)
    .option("--timeout <time>", "such as 500ms, 10s or 2m", parseDurationMs)
    .addOption(new Option("--source <source>").choices(["npm", "esm", "wasm", "inline", "auto"]))
    .option("--tmp", "give the tool a private temporary directory")
    .option("--json", "print the whole result as JSON")
    .action(async (target: Target, tool: string, paramsText: string, flags: ExecFlags) => {
      const config = loadConfig(deps.environment);
      const permissions: Partial<Permissions> = {
        ...(flags.net && { net: flags.net }),
        ...(flags.tmp && { fs: "tmp" as const }),
      };
      const request: Omit<ExecutionRequest, "packageName"> = {
        name: tool,
        params: await readParams(paramsText, deps),
        env: { ...borrowed(flags.envFrom, deps), ...flags.env },
        ...(Object.keys(permissions).length > 0 && { permissions }),
        ...(flags.timeout && { limits: { timeoutMs: flags.timeout } }),
        ...(flags.source && { source: flags.source }),
      };
      const aim = async (engine: Engine) => ({
        request: {
          ...request,
          ...("wasmFile" in target ? await bringPlugin(target, engine) : target),
        },
      });
      const { result, interrupted } = await callOnce(aim, { config, deps });
      show(result, flags, deps);
      if (interrupted) throw new ExitWith(EXIT.interrupted);
      if (!result.success) throw new ExitWith(exitCodeOf(result.code));
    });
}

async function readParams(text: string, deps: CliDeps): Promise<JsonValue> {
  return parseParams(text === "-" ? await deps.terminal.readStdin() : text);
}

function borrowed(names: readonly string[], deps: CliDeps): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of names) {
    const value = Object.hasOwn(deps.environment, name) ? deps.environment[name] : undefined;
    if (value === undefined) {
      throw new AirlockError("invalid_input", `read environment: ${name} is not set`, {
        stage: "request",
        suggestion: `Set ${name}, or give --env ${name}=value.`,
      });
    }
    values[name] = value;
  }
  return values;
}

function show(result: ExecutionResult, flags: ExecFlags, deps: CliDeps): void {
  const { terminal } = deps;
  const pretty = terminal.stdoutIsTerminal;
  const json = (value: unknown) => {
    const text = JSON.stringify(value, null, pretty ? 2 : undefined);
    return pretty ? printable(text) : text;
  };
  if (flags.json) return terminal.out(`${json(result)}\n`);
  if (result.success) {
    const plain = pretty && typeof result.output === "string";
    return terminal.out(`${plain ? printable(String(result.output)) : json(result.output)}\n`);
  }
  const color = picocolors.createColors(terminal.errColors);
  terminal.err(
    `${color.red("error")} ${printable(result.error)} ${color.dim(`(${result.code})`)}\n`,
  );
  if (result.suggestion !== undefined) terminal.err(`${printable(result.suggestion)}\n`);
}
