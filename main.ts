import process from "node:process";
import deno from "./deno.json" with { type: "json" };
import type { CliDeps } from "./cli/cli_deps.ts";
import { openPage } from "./cli/open_page.ts";
import { runCli } from "./cli/run_cli.ts";
import { startAgain } from "./cli/start_again.ts";
import { createTerminal } from "./cli/terminal.ts";
import { readEnvironment } from "./config.ts";
import { Upstreams } from "./mcp/upstream/upstreams.ts";

const environment = readEnvironment();
const terminal = createTerminal(environment.NO_COLOR);

const deps: CliDeps = {
  version: deno.version,
  environment,
  terminal,
  pipe: () => ({ input: process.stdin, output: process.stdout }),
  startAgain: (args) => startAgain(args),
  openPage: (url) => openPage(url, environment),
  onSignal(listener) {
    const signals = ["SIGINT", "SIGTERM"] as const;
    for (const signal of signals) Deno.addSignalListener(signal, listener);
    return {
      [Symbol.dispose]() {
        for (const signal of signals) Deno.removeSignalListener(signal, listener);
      },
    };
  },
  async openEngine(config, database) {
    const [{ openEngine }, { getLogger }] = await Promise.all([
      import("./engine/open_engine.ts"),
      import("@logtape/logtape"),
    ]);
    const logger = getLogger(["airlock", "engine"]);
    return await openEngine({
      config,
      database,
      environment,
      version: deno.version,
      onUnexpected: (error, requestId) => logger.error("call failed", { error, requestId }),
    });
  },
  async openCache(config) {
    const { openCache } = await import("./engine/open_cache.ts");
    return await openCache(config);
  },
  async startDatabase(config, { asGuest = false } = {}) {
    const [{ startDatabase }, { findGuestDatabase }, { databaseOf }, { getLogger }] = await Promise
      .all([
        import("./registry/database/start_database.ts"),
        import("./registry/database/open_database.ts"),
        import("./engine/database_of.ts"),
        import("@logtape/logtape"),
      ]);
    const logger = getLogger(["airlock", "database"]);
    const options = databaseOf(config);
    const guest = asGuest ? await findGuestDatabase(options) : undefined;
    if (guest !== undefined) return guest;
    return startDatabase({
      ...options,
      onFailure: (error) => logger.error("opening the database failed", { error }),
    });
  },
  async startHealthChecks(database, engine) {
    const [{ startHealthChecks }, { getLogger }] = await Promise.all([
      import("./engine/start_health_checks.ts"),
      import("@logtape/logtape"),
    ]);
    const logger = getLogger(["airlock", "health"]);
    return startHealthChecks(database, engine, {
      onFailure: (error) => logger.warn("trying tools failed: {error}", { error }),
    });
  },
  async openDatabase(config, options) {
    const [{ openDatabase }, { databaseOf }] = await Promise.all([
      import("./registry/database/open_database.ts"),
      import("./engine/database_of.ts"),
    ]);
    return await openDatabase({ ...databaseOf(config), ...options });
  },
  async openAccounts(config, { database, url }) {
    const [{ openAccounts }, { accountsOf }, { getLogger }] = await Promise.all([
      import("./accounts/open_accounts.ts"),
      import("./engine/accounts_of.ts"),
      import("@logtape/logtape"),
    ]);
    const logger = getLogger(["airlock", "accounts"]);
    return openAccounts({
      ...accountsOf(config, { url }),
      database,
      onFailure: (error) => logger.error("asking the database failed", { error }),
    });
  },
  async openMetering(config, { database }) {
    const [{ openMetering }, { getLogger }] = await Promise.all([
      import("./accounts/open_metering.ts"),
      import("@logtape/logtape"),
    ]);
    const logger = getLogger(["airlock", "metering"]);
    return openMetering({
      ...config.metering,
      redisUrl: config.metering.redisUrl?.reveal(),
      database,
      onFailure: (error) => logger.error("counting failed", { error }),
    });
  },
  openUpstreams(config) {
    return new Upstreams(async () => {
      const { openUpstreamPool } = await import("./engine/open_upstream_pool.ts");
      return openUpstreamPool(config, { environment, version: deno.version });
    });
  },
  async checkExecutor(config, choice) {
    const { executorCheck } = await import("./engine/executor_check.ts");
    return await executorCheck(config)(choice);
  },
  async openSync(config, parts) {
    const [{ openSync }, { getLogger }] = await Promise.all([
      import("./engine/open_sync.ts"),
      import("@logtape/logtape"),
    ]);
    const logger = getLogger(["airlock", "sync"]);
    return openSync(config, {
      ...{ environment, ...parts },
      onFailure: (error, job) => logger.error("sync failed", { error, job }),
    });
  },
  async probeMachine(config) {
    const { probeMachine } = await import("./engine/probe_machine.ts");
    return await probeMachine(config, environment);
  },
  async bench(args) {
    const { runBench } = await import("./bench/run_bench.ts");
    return await runBench(args, terminal);
  },
};

Deno.exit(await runCli(Deno.args, deps));
