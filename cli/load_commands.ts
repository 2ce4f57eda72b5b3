import type { Command } from "commander";
import type { CliDeps } from "./cli_deps.ts";

/** Adds one command to the program. */
export type AddCommand = (program: Command, deps: CliDeps) => void;

/** In the order of help. What a command needs costs only those who use it. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  serve: async () => (await import("./serve_command.ts")).serveCommand,
  mcp: async () => (await import("./mcp_command.ts")).mcpCommand,
  bridge: async () => (await import("./bridge_command.ts")).bridgeCommand,
  exec: async () => (await import("./exec_command.ts")).execCommand,
  describe: async () => (await import("./describe_command.ts")).describeCommand,
  add: async () => (await import("./add_command.ts")).addCommand,
  tools: async () => (await import("./tools_command.ts")).toolsCommand,
  cache: async () => (await import("./cache_command.ts")).cacheCommand,
  pins: async () => (await import("./pins_command.ts")).pinsCommand,
  db: async () => (await import("./db_command.ts")).dbCommand,
  sync: async () => (await import("./sync_command.ts")).syncCommand,
  bench: async () => (await import("./bench_command.ts")).benchCommand,
  doctor: async () => (await import("./doctor_command.ts")).doctorCommand,
  config: async () => (await import("./config_command.ts")).configCommand,
  collections: async () => (await import("./collections_command.ts")).collectionsCommand,
  agents: async () => (await import("./agents_command.ts")).agentsCommand,
  usage: async () => (await import("./usage_command.ts")).usageCommand,
  keys: async () => (await import("./keys_command.ts")).keysCommand,
  grants: async () => (await import("./grants_command.ts")).grantsCommand,
  secrets: async () => (await import("./secrets_command.ts")).secretsCommand,
  users: async () => (await import("./users_command.ts")).usersCommand,
  tiers: async () => (await import("./tiers_command.ts")).tiersCommand,
  audit: async () => (await import("./audit_command.ts")).auditCommand,
  version: async () => (await import("./version_command.ts")).versionCommand,
};

/** The command that a line begins with; all of them where it begins with none, as help does. */
export async function loadCommands(line: readonly string[]): Promise<readonly AddCommand[]> {
  const [name] = line;
  if (name !== undefined && Object.hasOwn(COMMANDS, name)) return [await COMMANDS[name]!()];
  return await Promise.all(Object.values(COMMANDS).map((load) => load()));
}
