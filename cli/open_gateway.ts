import type { Accounts } from "../accounts/accounts.ts";
import type { Metering } from "../accounts/metering.ts";
import type { Config } from "../config.ts";
import type { AccessLog } from "../gateway/access_log.ts";
import type { ServedGateway } from "../gateway/serve_gateway.ts";
import type { ListChanges } from "../gateway/mcp/list_changes.ts";
import type { Upstreams } from "../mcp/upstream/upstreams.ts";
import type { Database } from "../registry/database/database.ts";
import type { SyncRunner } from "../registry/sync/sync_runner.ts";
import type { CliDeps, Engine } from "./cli_deps.ts";
import { refuseCall } from "./refuse_call.ts";

const BODY_TIMEOUT_MS = 30_000;
const HEARTBEAT_MS = 15_000;

/** Puts the HTTP surface in front of an engine and listens. */
export async function openGateway(
  config: Config,
  options: {
    readonly engine: Engine;
    readonly database: Database;
    readonly accounts: Accounts;
    readonly metering: Metering;
    readonly upstreams: Upstreams;
    readonly lists: ListChanges;
    readonly runner: SyncRunner;
    readonly deps: CliDeps;
    readonly access?: AccessLog;
  },
): Promise<ServedGateway> {
  const { engine, database, accounts, metering, upstreams, lists, runner, deps, access } = options;
  const [
    { getLogger },
    { createApp },
    { createCallableTools },
    { createDrainGate },
    { meterExecutor },
    metricsModule,
    serving,
    { readSyncStatus },
  ] = await Promise.all([
    import("@logtape/logtape"),
    import("../gateway/app.ts"),
    import("../gateway/callable_tools.ts"),
    import("../gateway/drain_gate.ts"),
    import("../gateway/meter_executor.ts"),
    import("../gateway/metrics.ts"),
    import("../gateway/serve_gateway.ts"),
    import("../registry/sync/sync_status.ts"),
  ]);
  const metrics = metricsModule.createMetrics(
    () => engine.poolNumbers(),
    () => metering.stats(),
  );
  const gate = createDrainGate();
  const logger = getLogger(["airlock", "gateway"]);
  const app = createApp({
    executor: meterExecutor(metering.meter(engine.executor, refuseCall(engine)), metrics),
    describer: engine.describer,
    accounts,
    metering,
    catalog: {
      sql: database.sql,
      callable: createCallableTools(database.sql, (error) => {
        logger.warn("read tool: {error}", { error });
      }),
      onInlineChange: (packageName) => engine.onInlineChange(packageName),
    },
    pins: engine.pins,
    plugins: engine.plugins,
    openCode: engine.openCode,
    checkExecutor: engine.checkExecutor,
    upstreams: () => upstreams.pool(),
    lists,
    sync: {
      start: async (job) => (await runner.start(job)).id,
      status: () => readSyncStatus(database.sql),
    },
    health: async () => ({
      ...engine.health(),
      database: await database.health(),
      metering: metering.stats(),
    }),
    pool: () => engine.poolFacts(),
    metrics,
    gate,
    logger,
    access,
    settings: {
      apiKey: config.apiKey?.reveal(),
      corsOrigins: config.corsOrigins,
      publicUrl: config.publicUrl,
      trustedProxies: config.trustedProxies,
      maxBodyBytes: config.maxBodyBytes,
      bodyTimeoutMs: BODY_TIMEOUT_MS,
      heartbeatMs: HEARTBEAT_MS,
      tracing: deps.environment.OTEL_DENO === "true",
      version: deps.version,
    },
  });
  return serving.serveGateway(app, { host: config.host, port: config.port, gate });
}
