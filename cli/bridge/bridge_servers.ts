import {
  type BridgeConfig,
  nameOfHost,
  type ServerConfig,
  serverConfigSchema,
  writeBridgeConfig,
} from "../../bridge/bridge_config.ts";
import { importServers } from "../../bridge/import_servers.ts";
import { presetServer } from "../../bridge/presets.ts";
import { bridgeName } from "../../bridge/protocol.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { CliDeps } from "../cli_deps.ts";
import { formatTable } from "../format_table.ts";
import { printable } from "../printable.ts";
import { configOf, pathsOf } from "./bridge_files.ts";

/** What `add` is told. */
export interface AddFlags {
  readonly id?: string;
  readonly command?: string;
  /** Instead of a command. */
  readonly url?: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  readonly ask?: true;
}

/** `airlock bridge init`: writes a configuration, or gives the bridge another name. */
export async function initBridge(deps: CliDeps, flags: { readonly name?: string }): Promise<void> {
  const paths = pathsOf(deps);
  const before = await configOf(paths);
  const name = flags.name === undefined ? before.name : parseId(flags.name, "name bridge");
  await writeBridgeConfig(paths.config, { ...before, name });
  deps.terminal.out(`${paths.config}: bridge ${name}, ${before.servers.length} servers\n`);
}

/** `airlock bridge add`: a preset, or any command. */
export async function addServer(
  deps: CliDeps,
  preset: string | undefined,
  flags: AddFlags,
): Promise<void> {
  const paths = pathsOf(deps);
  const config = await configOf(paths);
  const { command, url, args = [], env, cwd, allow, deny, ask } = flags;
  if ([preset, command, url].filter((one) => one !== undefined).length !== 1) throw needsOne();
  const what = preset === undefined
    ? { command, url, args: [...args], env: { ...env } }
    : presetServer(preset, { args, env });
  const id = parseId(flags.id ?? preset ?? nameOfCommand(command ?? "http"), "add server");
  if (config.servers.some((server) => server.id === id)) throw isThere(id);
  const parsed = serverConfigSchema.safeParse({ id, ...what, cwd, allow, deny, ask });
  if (!parsed.success) throw wrong(parsed.error.issues[0]?.message ?? "it is wrong");
  await save(deps, config, [...config.servers, parsed.data]);
  deps.terminal.out(`added ${id}\n`);
}

/** `airlock bridge remove`. */
export async function removeServer(deps: CliDeps, id: string): Promise<void> {
  const config = await configOf(pathsOf(deps));
  const rest = config.servers.filter((server) => server.id !== id);
  if (rest.length === config.servers.length) {
    throw new AirlockError("not_found", "remove server: there is none of that id", {
      stage: "request",
      suggestion: "Look at `airlock bridge list`.",
    });
  }
  await save(deps, config, rest);
  deps.terminal.out(`removed ${id}\n`);
}

/** `airlock bridge list`. */
export async function listServers(deps: CliDeps, flags: { readonly json?: true }): Promise<void> {
  const { servers } = await configOf(pathsOf(deps));
  if (flags.json) return deps.terminal.out(`${JSON.stringify(servers.map(masked))}\n`);
  const rows = servers.map((server) => [
    server.id,
    server.disabled ? "disabled" : "enabled",
    printable([server.url ?? server.command, ...server.args].join(" ")),
    [...(server.allow ?? ["*"]), ...server.deny.map((name) => `!${name}`)].join(" "),
  ]);
  deps.terminal.out(formatTable([["ID", "STATE", "COMMAND OR URL", "TOOLS"], ...rows]));
}

/** `airlock bridge import`: servers of another program's configuration. */
export async function importFrom(deps: CliDeps, file: string): Promise<void> {
  const config = await configOf(pathsOf(deps));
  const { servers, leftOut } = importServers(await readText(file));
  const taken = new Set(config.servers.map(({ id }) => id));
  const added = servers.filter(({ id }) => !taken.has(id));
  await save(deps, config, [...config.servers, ...added]);
  for (const { id } of added) deps.terminal.out(`added ${id}\n`);
  for (const { id } of servers.filter((one) => taken.has(one.id))) {
    deps.terminal.err(`${id}: there is one already\n`);
  }
  for (const name of leftOut) {
    deps.terminal.err(`${printable(name)}: left out, it is no command of this machine\n`);
  }
}

/** `airlock bridge config`: what is configured, without the values of variables. */
export async function showConfig(deps: CliDeps): Promise<void> {
  const paths = pathsOf(deps);
  const { name, servers } = await configOf(paths);
  const shown = { file: paths.config, name, servers: servers.map(masked) };
  deps.terminal.out(`${JSON.stringify(shown, null, 2)}\n`);
}

function masked({ env, headers, ...server }: ServerConfig) {
  const hide = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.keys(values).map((name) => [name, "[set]"]));
  return { ...server, env: hide(env), ...(headers && { headers: hide(headers) }) };
}

async function save(deps: CliDeps, config: BridgeConfig, servers: ServerConfig[]): Promise<void> {
  await writeBridgeConfig(pathsOf(deps).config, { ...config, servers });
}

async function readText(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (cause) {
    throw new AirlockError("invalid_input", `read ${file}: it cannot be read`, {
      stage: "request",
      cause,
    });
  }
}

function nameOfCommand(command: string): string {
  return nameOfHost(command.split(/[/\\]/).at(-1) ?? "");
}

function parseId(text: string, action: string): string {
  const parsed = bridgeName.safeParse(text);
  if (parsed.success) return parsed.data;
  const state = parsed.error.issues[0]?.message ?? "is no name";
  throw new AirlockError("invalid_input", `${action}: the name ${state}`, { stage: "request" });
}

function needsOne(): AirlockError {
  return new AirlockError(
    "invalid_input",
    "add server: it needs a preset or a --command, or a --url",
    {
      stage: "request",
      suggestion: "Run `airlock bridge add filesystem --args /some/directory`, for one.",
    },
  );
}

function isThere(id: string): AirlockError {
  return new AirlockError("conflict", `add server: there is a ${id} already`, {
    stage: "request",
    suggestion: "Give another --id, or remove that one first.",
  });
}

function wrong(state: string): AirlockError {
  return new AirlockError("invalid_input", `add server: ${state}`, { stage: "request" });
}
