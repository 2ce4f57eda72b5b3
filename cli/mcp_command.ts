import type { Command } from "commander";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import { loadConfig } from "../config.ts";
import { AirlockError } from "../spec/errors.ts";
import type { CliDeps } from "./cli_deps.ts";
import { mcpServersCommand } from "./mcp_servers_command.ts";
import { mcpSignInCommand } from "./mcp_sign_in_command.ts";
import { refuseCall } from "./refuse_call.ts";
import { unlessInterrupted } from "./unless_interrupted.ts";

/** `airlock mcp`: serves one client that starts it over its stdin and stdout; and other servers. */
export function mcpCommand(program: Command, deps: CliDeps): void {
  const mcp = program.command("mcp")
    .description("Serve MCP to the client that starts this, and manage other servers")
    .addHelpText("after", "\nWithout a command it serves MCP over stdin and stdout.");
  mcp.command("serve", { isDefault: true })
    .description("Serve MCP to the client that starts this, over stdin and stdout")
    .option("--collection <name>", "id or slug of the collection; all of them where absent")
    .action(({ collection }: { readonly collection?: string }) => serve(deps, collection));
  mcpServersCommand(mcp, deps);
  mcpSignInCommand(mcp, deps);
}

/** Stdout is the client's: everything else that is said goes to stderr. */
async function serve(deps: CliDeps, collection: string | undefined): Promise<void> {
  const config = loadConfig(deps.environment);
  const stop = new AbortController();
  using _signals = deps.onSignal(() => stop.abort());
  const [{ configureLogging }, { createMcpDesk }, { servePipe }, { getLogger }] = await Promise
    .all([
      import("../gateway/configure_logging.ts"),
      import("../gateway/mcp/create_mcp_desk.ts"),
      import("../mcp/stdio/serve_pipe.ts"),
      import("@logtape/logtape"),
    ]);
  await using _logging = await configureLogging({ ...config.log, write: deps.terminal.err });
  const logger = getLogger(["airlock", "mcp"]);
  await using database = await deps.startDatabase(config, { asGuest: true });
  await using accounts = await deps.openAccounts(config, { database, url: () => "" });
  await using metering = await deps.openMetering(config, { database });
  await using engine = await unlessInterrupted(
    () => deps.openEngine(config, database),
    stop.signal,
  );
  await using upstreams = deps.openUpstreams(config);
  if (engine.pins === undefined) throw noPins();
  const desk = createMcpDesk({
    ...{ accounts, metering, pins: engine.pins, stop: stop.signal, version: deps.version },
    executor: metering.meter(engine.executor, refuseCall(engine)),
    upstreams: () => upstreams.pool(),
    onFailure: (error, requestId) => logger.warn("serve MCP: {error}", { error, requestId }),
  });
  await accounts.wake();
  const part = collection === undefined
    ? desk.everything(OWNER_CALLER)
    : await desk.partAt(OWNER_CALLER, { user: "me", collection });
  await servePipe(part, deps.pipe(), { ...desk.tools, signal: stop.signal });
}

function noPins(): AirlockError {
  return new AirlockError("internal", "serve MCP: there is no database to keep collections in");
}
