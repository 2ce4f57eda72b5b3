// Before any schema is made: imported after some, it costs a quarter of a second more.
import "@hono/zod-openapi";
import type { Command } from "commander";
import picocolors from "picocolors";
import { type Config, loadConfig } from "../config.ts";
import type { IsolationLevel } from "../spec/sandbox.ts";
import type { CallPins } from "../gateway/call_pins.ts";
import type { SyncRunner } from "../registry/sync/sync_runner.ts";
import type { CliDeps } from "./cli_deps.ts";
import { EXIT } from "./exit_codes.ts";
import { ExitWith } from "./exit_with.ts";
import { ListChanges } from "../gateway/mcp/list_changes.ts";
import { openGateway } from "./open_gateway.ts";
import { unlessInterrupted } from "./unless_interrupted.ts";
import { warnOfLockedSecrets } from "./warn_of_locked_secrets.ts";

/** `airlock serve`: listens until told to stop. */
export function serveCommand(program: Command, deps: CliDeps): void {
  program.command("serve")
    .description("Listen for calls over HTTP")
    .action(async () => {
      const config = loadConfig(deps.environment);
      const stop = Promise.withResolvers<void>();
      const stopping = new AbortController();
      const force = new AbortController();
      using _signals = deps.onSignal(() => {
        if (stopping.signal.aborted) return force.abort();
        stopping.abort();
        stop.resolve();
      });
      const { configureLogging } = await import("../gateway/configure_logging.ts");
      await using logging = await configureLogging({
        ...config.log,
        write: deps.terminal.err,
      });
      // Started first, since it takes longest, and waited for by nobody here.
      await using database = await deps.startDatabase(config);
      let url = "";
      await using accounts = await deps.openAccounts(config, { database, url: () => url });
      await using metering = await deps.openMetering(config, { database });
      const { hearForNode } = await import("./hear_for_node.ts");
      const later: { pins?: CallPins } = {};
      const pins = () => later.pins;
      const lists = new ListChanges();
      await using _changes = hearForNode(database, { accounts, metering, pins, lists });
      await using engine = await unlessInterrupted(
        () => deps.openEngine(config, database),
        stopping.signal,
      );
      later.pins = engine.pins;
      await using upstreams = deps.openUpstreams(config);
      await using _health = await deps.startHealthChecks(database, engine);
      const { describer } = engine;
      await using runner = await deps.openSync(config, { database, describer });
      await using _schedule = await scheduleSync(config, runner);
      const { access } = logging;
      const served = { engine, database, accounts, metering, lists };
      const parts = { ...served, upstreams, runner, deps, access };
      const gateway = await openGateway(config, parts);
      url = gateway.url;
      // Found out meanwhile: listening waits for no database.
      void warnOfLockedSecrets(accounts, database);
      deps.terminal.out(greeting(gateway.url, config, {
        isolation: engine.health().isolation,
        colors: deps.terminal.outColors,
      }));
      await stop.promise;
      deps.terminal.err("stopping: running calls may finish; signal again to end at once\n");
      // What follows a registry ends at its next checkpoint, and goes on there after the next start.
      const following = runner[Symbol.asyncDispose]();
      await gateway.drain(config.drainMs, force.signal);
      await following;
      if (force.signal.aborted) throw new ExitWith(EXIT.interrupted);
    });
}

/** Nothing is asked of anybody unless that is configured. */
async function scheduleSync(
  { sync }: Config,
  runner: SyncRunner,
): Promise<AsyncDisposable | undefined> {
  if (!sync.enabled) return undefined;
  const { startSchedule } = await import("./start_schedule.ts");
  return startSchedule(sync, runner);
}

function greeting(
  url: string,
  config: Config,
  options: { readonly isolation: IsolationLevel; readonly colors: boolean },
): string {
  const color = picocolors.createColors(options.colors);
  const fact = (name: string, text: string) => `  ${color.dim(name.padEnd(10))} ${text}\n`;
  const key = config.apiKey === undefined ? "" : ` -H "x-api-key: $AIRLOCK_API_KEY"`;
  const body = JSON.stringify({
    packageName: "@tpmjs/tools-html-to-markdown",
    name: "htmlToMarkdownTool",
    params: { html: "<h1>Hi</h1>" },
  });
  return `\n  ${color.bold("Airlock")} ${color.cyan(url)}\n\n` +
    fact("docs", `${url}/docs`) +
    fact("isolation", options.isolation) +
    fact("data", config.dataDirectory) +
    fact("database", config.databaseUrl === undefined ? "in the data directory" : "PostgreSQL") +
    `\n  curl ${url}/execute-tool -H 'content-type: application/json'${key} \\\n    -d '${body}'\n\n`;
}
