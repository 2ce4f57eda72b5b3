import { type Command, InvalidArgumentError, Option } from "commander";
import type { AddFlags } from "./bridge/bridge_servers.ts";
import type { LoginFlags } from "./bridge/bridge_account.ts";
import { BACKGROUND_FLAG, type StartFlags } from "./bridge/start_flags.ts";
import type { CliDeps } from "./cli_deps.ts";
import { collectEnv, collectWord } from "./parse_options.ts";

/** `airlock bridge`: tools of MCP servers on this machine, in collections of a gateway. */
export function bridgeCommand(program: Command, deps: CliDeps): void {
  const bridge = program.command("bridge")
    .description("Tools of MCP servers on this machine, for collections of a gateway");
  const servers = () => import("./bridge/bridge_servers.ts");
  const status = () => import("./bridge/bridge_status.ts");
  const account = () => import("./bridge/bridge_account.ts");
  bridge.command("init")
    .description("Write ~/.airlock/bridge.json")
    .option("--name <name>", "what the bridge is called; after the machine where absent")
    .action(async (flags: { name?: string }) => (await servers()).initBridge(deps, flags));
  bridge.command("login")
    .description("Log in to a gateway: on a page of it, or with an API key of scope bridge:connect")
    .requiredOption("--gateway <url>", "where the gateway is")
    .option("--api-key <key>", "a key; - reads it from stdin")
    .option("--no-browser", "show the address of the page, and open nothing")
    .action(async (flags: LoginFlags) => (await account()).login(deps, flags));
  bridge.command("logout")
    .description("Forget the key, and end it where it is of this machine alone")
    .action(async () => (await account()).logout(deps));
  bridge.command("add [preset]")
    .description("Add a server: a preset, any --command, or a --url")
    .option("--id <id>", "what it is called")
    .option("--command <command>", "program to start")
    .option("--url <url>", "instead of a command: a server of this machine that speaks HTTP")
    .option("--args <argument>", "an argument, after a preset's own; may be repeated", collectWord)
    .option("--env <NAME=value>", "a variable for it; may be repeated", collectEnv, {})
    .option("--cwd <directory>", "where it starts")
    .option("--allow <tool>", "the only tools that may be called, with *", collectWord)
    .option("--deny <tool>", "tools that may not be called, with *", collectWord)
    .option(
      "--ask",
      "ask whoever is at the machine before a tool is called that they have not approved",
    )
    .action(async (preset: string | undefined, flags: AddFlags) =>
      (await servers()).addServer(deps, preset, flags)
    );
  bridge.command("remove <id>")
    .description("Remove a server")
    .action(async (id: string) => (await servers()).removeServer(deps, id));
  bridge.command("list")
    .description("List servers")
    .option("--json", "print as JSON")
    .action(async (flags: { json?: true }) => (await servers()).listServers(deps, flags));
  bridge.command("import <file>")
    .description("Add the mcpServers of Claude Desktop, Cursor or VS Code")
    .action(async (file: string) => (await servers()).importFrom(deps, file));
  bridge.command("config")
    .description("Show the configuration, without the values of variables")
    .action(async () => (await servers()).showConfig(deps));
  bridge.command("start")
    .description("Connect, and answer calls until interrupted")
    .option("--verbose", "show the arguments of calls")
    .option("--daemon", "go on in the background, until `airlock bridge stop`")
    .addOption(new Option(BACKGROUND_FLAG).hideHelp())
    .action(async (flags: StartFlags) => {
      const daemon = () => import("./bridge/bridge_daemon.ts");
      const start = () => import("./bridge/bridge_start.ts");
      if (flags.daemon) await (await daemon()).startDaemon(deps);
      else await (await start()).startBridge(deps, flags);
    });
  bridge.command("stop")
    .description("End the bridge that runs, and its servers")
    .action(async () => {
      const { stopBridge } = await import("./bridge/bridge_daemon.ts");
      await stopBridge(deps);
    });
  bridge.command("status")
    .description("Show whether it runs, is connected, and what its servers do")
    .option("--json", "print as JSON")
    .action(async (flags: { json?: true }) => (await status()).showStatus(deps, flags));
  bridge.command("logs")
    .description("Show the last lines of what it did")
    .option("--lines <number>", "how many", parseLines, 50)
    .option("-f, --follow", "go on with what it does, until interrupted")
    .action(async (flags: { lines: number; follow?: true }) =>
      (await status()).showLogs(deps, flags)
    );
}

function parseLines(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("needs a number from 1 to 99999");
}
