import { getLogger } from "@logtape/logtape";
import type { Hono } from "hono";
import type { Describer, PackageDescription } from "../../spec/description.ts";
import { AirlockError, type ErrorCode } from "../../spec/errors.ts";
import type {
  CallContext,
  ExecutionFailure,
  ExecutionMeta,
  ExecutionRequest,
  ExecutionResult,
  Executor,
} from "../../spec/execution.ts";
import type { CheckExecutor } from "../../spec/executor_facts.ts";
import type { PluginUploads } from "../../spec/plugin.ts";
import type { RuntimeExplanation } from "../../spec/runtime_explanation.ts";
import type { Accounts } from "../../accounts/accounts.ts";
import type { Metering } from "../../accounts/metering.ts";
import { callElsewhere } from "../../runtime/executor/call_elsewhere.ts";
import { createPinBook } from "../../engine/create_pin_book.ts";
import type { BridgeLimits } from "../../gateway/bridge/bridge_limits.ts";
import { createCallableTools } from "../../gateway/callable_tools.ts";
import { createApp } from "../../gateway/app.ts";
import { createDrainGate, type DrainGate } from "../../gateway/drain_gate.ts";
import type { GatewayEnv } from "../../gateway/gateway_env.ts";
import type {
  GatewayOptions,
  GatewaySettings,
  PoolFacts,
  SyncControl,
} from "../../gateway/gateway_options.ts";
import { meterExecutor } from "../../gateway/meter_executor.ts";
import type { OpenCode } from "../../gateway/pins/open_code.ts";
import type { ConnectAttempt } from "../../mcp/upstream/connect_upstream.ts";
import type { UpstreamPool } from "../../mcp/upstream/upstream_pool.ts";
import { upstreamPool, upstreamTools } from "./upstream_world.ts";
import type { AccessLog } from "../../gateway/access_log.ts";
import { createMetrics } from "../../gateway/metrics.ts";

/** A call that a {@linkcode fakeGateway} received. */
export interface SeenCall {
  readonly request: ExecutionRequest;
  readonly context: CallContext;
}

/** Options of {@linkcode fakeGateway}. */
export interface FakeGatewayOptions {
  readonly settings?: Partial<GatewaySettings>;
  readonly execute?: Executor["execute"];
  readonly describe?: Describer["describe"];
  readonly explain?: Describer["explain"];
  readonly plugins?: Partial<PluginUploads>;
  readonly openCode?: OpenCode;
  readonly readDocument?: GatewayOptions["readDocument"];
  readonly checkExecutor?: CheckExecutor;
  readonly upstreams?: () => Promise<UpstreamPool>;
  readonly accounts?: Accounts;
  readonly metering?: Metering;
  readonly access?: AccessLog;
  readonly sync?: SyncControl;
  readonly bridgeLimits?: BridgeLimits;
}

/** A gateway over an executor that answers without running anything: for tests only. */
export interface FakeGateway {
  readonly app: Hono<GatewayEnv>;
  readonly gate: DrainGate;
  readonly calls: SeenCall[];
  /** Posts JSON to a path of the app. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
}

/** Makes a {@linkcode FakeGateway}; its executor echoes the parameters unless told otherwise. */
export function fakeGateway(options: FakeGatewayOptions = {}): FakeGateway {
  const calls: SeenCall[] = [];
  const gate = createDrainGate();
  const { metering } = options;
  const metrics = createMetrics(
    () => ({ sandboxes: { blank: 2, busy: 1 }, queued: 3 }),
    metering && (() => metering.stats()),
  );
  const executor = callElsewhere({
    execute(request, context) {
      calls.push({ request, context });
      if (options.execute) return options.execute(request, context);
      return Promise.resolve(fakeSuccess(request, context));
    },
  }, "rlimits");
  const app = createApp({
    executor: meterExecutor(options.metering?.meter(executor, fakeRefusal) ?? executor, metrics),
    describer: {
      describe: options.describe ?? (() => Promise.resolve(FAKE_DESCRIPTION)),
      explain: options.explain ?? (() => Promise.resolve(FAKE_EXPLANATION)),
    },
    accounts: options.accounts,
    metering: options.metering,
    catalog: options.accounts && {
      sql: options.accounts.sql,
      callable: createCallableTools(options.accounts.sql, () => {}),
      onInlineChange: () => {},
    },
    pins: options.accounts && createPinBook({ sql: options.accounts.sql, onFailure: () => {} }),
    ...(options.sync && { sync: options.sync }),
    bridgeLimits: options.bridgeLimits,
    plugins: {
      storeModule: () => Promise.resolve("sha256-module"),
      storeManifest: () => Promise.resolve("sha256-manifest"),
      readModule: () => Promise.resolve(undefined),
      ...options.plugins,
    },
    openCode: options.openCode ??
      (() => Promise.reject(new AirlockError("artifact_failed", "open code: there is none"))),
    checkExecutor: options.checkExecutor ??
      (() => Promise.resolve({ status: "ok", version: "0.0.0" })),
    upstreams: options.upstreams ??
      (() => Promise.resolve(upstreamPool(upstreamTools(), { connect: () => FAR_AWAY }))),
    health: () => ({
      version: "0.0.0",
      isolation: "rlimits",
      runtimes: [{ kind: "deno", isolation: "rlimits" }],
      pool: { blank: 2 },
      ...(metering && { metering: metering.stats() }),
    }),
    pool: () => FAKE_POOL,
    metrics,
    gate,
    logger: getLogger(["airlock", "gateway"]),
    access: options.access,
    readDocument: options.readDocument,
    settings: {
      apiKey: undefined,
      corsOrigins: [],
      maxBodyBytes: 64 * 1024,
      bodyTimeoutMs: 5_000,
      heartbeatMs: 15_000,
      tracing: false,
      version: "0.0.0",
      ...options.settings,
    },
  });
  const post: FakeGateway["post"] = async (path, body, headers = {}) =>
    await app.request(`http://127.0.0.1:8787${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return { app, gate, calls, post };
}

/** A server that cannot be reached. */
const FAR_AWAY: ConnectAttempt = {
  get upstream() {
    const error = new AirlockError("upstream_failed", "connect to MCP server: it is far away");
    return Promise.reject(error);
  },
  stderr: () => "",
};

/** How a fake call went. */
export function fakeMeta(context: Pick<CallContext, "requestId">): ExecutionMeta {
  return {
    requestId: context.requestId,
    runtime: "deno",
    start: "blank",
    artifact: "ab".repeat(32),
    version: "1.2.3",
    isolation: "rlimits",
    refusals: [],
    cache: "off",
    egress: [],
    logs: [],
    droppedLogBytes: 0,
    timings: { tool: 1, total: 2 },
  };
}

/** A result that echoes the parameters. */
export function fakeSuccess(request: ExecutionRequest, context: CallContext): ExecutionResult {
  return { success: true, output: request.params, executionTimeMs: 2, meta: fakeMeta(context) };
}

/** A failure of that code. */
export function fakeFailure(
  code: ErrorCode,
  context: CallContext,
  more: Partial<ExecutionFailure> = {},
): ExecutionFailure {
  return {
    success: false,
    error: `run call: ${code}`,
    code,
    stage: "execute",
    suggestion: "Try otherwise.",
    executionTimeMs: 2,
    meta: fakeMeta(context),
    ...more,
  };
}

const RUNS_ANYWHERE = [{ runtime: "deno", ok: true }] as const;

/** A package with one tool. */
export const FAKE_DESCRIPTION: PackageDescription = {
  digest: "cd".repeat(32),
  lock: { packages: { "@scope/tools@1.2.3": "sha512-A" }, modules: {} },
  sizeBytes: 1234,
  manifest: {
    formatVersion: 1,
    resolved: { source: "npm", packageName: "@scope/tools", version: "1.2.3" },
    form: "bundle",
    entry: "bundle.mjs",
    description: "Tools for tests",
    category: null,
    tools: [{
      name: "greet",
      description: "Says hello",
      shape: "ai-tool",
      inputSchema: { type: "object", properties: { name: { type: "string" } } },
      outputSchema: null,
      schemaStrategy: "zod4",
      warnings: [],
    }, {
      name: "loose",
      description: "Takes anything",
      shape: "function",
      inputSchema: null,
      outputSchema: null,
      schemaStrategy: "none",
      warnings: [],
    }],
    otherExports: ["VERSION"],
    env: [{ name: "API_TOKEN", required: true }],
    needs: { net: ["api.example.com"] },
    uses: { nodeBuiltins: [], globals: ["fetch"], env: ["API_TOKEN"] },
    runtimes: RUNS_ANYWHERE,
    warnings: [],
  },
};

/** Where the tools of {@linkcode FAKE_DESCRIPTION} would run. */
export const FAKE_EXPLANATION: RuntimeExplanation = {
  packageName: "@scope/tools",
  version: "1.2.3",
  tool: null,
  artifact: "cd".repeat(32),
  runtime: "deno",
  fallbacks: [],
  refusals: [{ runtime: "quickjs", by: "manifest", reason: "it uses node:net" }],
  measured: [],
  compared: [],
  words: [
    "deno would run it: it is the first that is able",
    "quickjs would not (manifest): it uses node:net",
  ],
};

/** Pools that nobody uses. */
export const FAKE_POOL: PoolFacts = {
  budget: { maxBytes: 1000, usedBytes: 10, shed: 0 },
  pools: [{
    runtime: "deno",
    ...{ maxSandboxes: 4, total: 2, blank: 2, starting: 0, idle: 0, busy: 0, ending: 0 },
    ...{ waiting: 0, draining: false, starts: {}, retired: {}, exhausted: 0, spawnFailures: 0 },
    demand: {
      ...{ blankTarget: 2, takenAtOnce: 0, takenPerSecond: 0, arrivalsPerSecond: 0 },
      ...{ spawnMs: 50, knownKeys: 0 },
    },
  }],
  results: { entries: 0, bytes: 0, maxBytes: 100 },
};

function fakeRefusal(error: AirlockError, context: CallContext): ExecutionFailure {
  return fakeFailure(error.code, context, { error: error.message });
}
