import { OpenAPIHono } from "@hono/zod-openapi";
import type { Hono } from "hono";
import { cors } from "hono/cors";
import { OWNER_CALLER } from "../accounts/owner_caller.ts";
import { RepeatBook } from "../accounts/idempotency/repeat_book.ts";
import { openBridges } from "./bridge/open_bridges.ts";
import type { GatewayEnv } from "./gateway_env.ts";
import { ListChanges } from "./mcp/list_changes.ts";
import type { GatewayOptions, GatewaySettings } from "./gateway_options.ts";
import { handleFailure, handleUnknownRoute } from "./handle_failure.ts";
import { authenticate } from "./middleware/authenticate.ts";
import { challengeMcp } from "./middleware/challenge_mcp.ts";
import { findAddress } from "./middleware/find_address.ts";
import { identifyRequest } from "./middleware/identify_request.ts";
import { limitRate } from "./middleware/limit_rate.ts";
import { joinTrace } from "./middleware/join_trace.ts";
import { refuseForeignPages } from "./middleware/refuse_foreign_pages.ts";
import { refuseNul } from "./middleware/refuse_nul.ts";
import { requireAnyPackage } from "./middleware/require_any_package.ts";
import { requireApiKey } from "./middleware/require_api_key.ts";
import { requireScope } from "./middleware/require_scope.ts";
import { runOnce } from "./middleware/run_once.ts";
import { setAnswerHeaders } from "./middleware/set_answer_headers.ts";
import { wakeFirst } from "./middleware/wake_first.ts";
import { writeAccessLog } from "./middleware/write_access_log.ts";
import { rememberingRouter } from "./remembering_router.ts";
import { addApi } from "./routes/api/add_api.ts";
import { addCatalog } from "./routes/api/add_catalog.ts";
import { addBridge } from "./routes/api/bridge.ts";
import { addSync } from "./routes/api/sync.ts";
import { addMe } from "./routes/api/me.ts";
import { addDescribeTool } from "./routes/describe_tool.ts";
import { addDocs } from "./routes/docs.ts";
import { addExecuteTool } from "./routes/execute_tool.ts";
import { addExplainRuntimes } from "./routes/explain_runtimes.ts";
import { addHealth } from "./routes/health.ts";
import { addListExports } from "./routes/list_exports.ts";
import { addLoadAndDescribe } from "./routes/load_and_describe.ts";
import { addMcp } from "./routes/mcp.ts";
import { addMetrics } from "./routes/metrics.ts";
import { addOpenapi } from "./routes/openapi.ts";
import { addPool } from "./routes/pool.ts";
import { addUploadPlugin } from "./routes/upload_plugin.ts";

/** What pages of other origins may send, and read. */
const SENT_HEADERS = [
  ...["content-type", "authorization", "x-api-key", "x-request-id", "traceparent"],
  ...["idempotency-key", "if-match", "if-none-match"],
];
const ANSWERED_HEADERS = [
  ...["x-request-id", "retry-after", "traceparent", "etag", "idempotent-replayed"],
  ...["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"],
];

/** Routes that take any package by its name. */
const ANY_PACKAGE_PATHS: ReadonlySet<string> = new Set([
  "/describe-tool",
  "/load-and-describe",
  "/list-exports",
  "/tools/:ref/runtimes",
  "/artifacts/wasm",
]);

/**
 * The HTTP surface. Health, the API description and its page are open to whoever may connect;
 * everything added after them asks who calls, and for what the table of routes says.
 */
export function createApp(options: GatewayOptions): Hono<GatewayEnv> {
  const { settings, logger, metrics, accounts, metering, catalog, access, pins } = options;
  // Without accounts, whoever comes this far is the owner.
  const whoCalls = accounts?.authenticate ?? (() => Promise.resolve(OWNER_CALLER));
  const app = new OpenAPIHono<GatewayEnv>({ router: rememberingRouter() });
  app.use(
    identifyRequest(),
    findAddress(settings),
    writeAccessLog({ access, onAnswer: metrics.observeAnswer }),
    joinTrace({ exporting: settings.tracing }),
    setAnswerHeaders(),
  );
  if (settings.apiKey === undefined) app.use(refuseForeignPages(settings));
  if (settings.corsOrigins.length > 0) {
    app.use(cors({
      origin: [...settings.corsOrigins],
      allowMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
      allowHeaders: [...SENT_HEADERS],
      exposeHeaders: [...ANSWERED_HEADERS],
    }));
  }
  app.use(refuseNul());
  app.onError(handleFailure(logger));
  app.notFound(handleUnknownRoute(() => app.routes));

  addHealth(app, options);
  addDocs(app);
  addOpenapi(app, options);
  if (settings.apiKey !== undefined && accounts === undefined) {
    app.use(requireApiKey(settings.apiKey));
  }
  if (accounts !== undefined && pins !== undefined) {
    for (const path of ["/mcp/*", "/api/mcp/*"]) app.use(path, challengeMcp({ settings }));
  }
  app.use(authenticate({ authenticate: whoCalls, origins: ownOrigins(settings) }));
  // Before anything is refused: whoever tries what it may not is counted as well.
  if (metering !== undefined) {
    app.use(limitRate(metering.limiter, { onLimited: metrics.observeRateLimited }));
  }
  app.use(requireScope());
  for (const path of ANY_PACKAGE_PATHS) app.use(path, requireAnyPackage(ANY_PACKAGE_PATHS));
  if (accounts !== undefined) {
    for (const path of ["/api/*", "/mcp/*", "/oauth/*"]) app.use(path, wakeFirst(accounts));
    const onFailure = (error: unknown) => logger.warn("keep answer: {error}", { error });
    app.use("/api/*", runOnce({ book: new RepeatBook(accounts.sql), settings, onFailure }));
  }
  addExecuteTool(app, options);
  addDescribeTool(app, options);
  addLoadAndDescribe(app, options);
  addListExports(app, options);
  addExplainRuntimes(app, options);
  addUploadPlugin(app, options);
  addPool(app, options);
  addMetrics(app, options);
  addMe(app);
  if (catalog !== undefined) addCatalog(app, { ...options, catalog });
  addSync(app, options);
  if (accounts === undefined) return app;
  const lists = options.lists ?? new ListChanges();
  const bridges = openBridges({ ...options, accounts, lists });
  addBridge(app, { ...options, accounts, bridges: bridges.local, shelf: bridges.shelf });
  const { source, library } = bridges;
  const desk = pins &&
    addMcp(app, { ...options, accounts, pins, lists, sources: [source], libraries: [library] });
  addApi(app, { ...options, accounts, desk });
  return app;
}

function ownOrigins({ corsOrigins, publicUrl }: GatewaySettings): string[] {
  return publicUrl === undefined ? [...corsOrigins] : [...corsOrigins, new URL(publicUrl).origin];
}
