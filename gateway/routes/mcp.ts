import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { holdUntilRead } from "../../mcp/http/hold_until_read.ts";
import type { McpPart } from "../../mcp/server/mcp_part.ts";
import type { Accounts } from "../../accounts/accounts.ts";
import type { McpLibrary } from "../../spec/mcp_library.ts";
import type { McpSource } from "../../spec/mcp_source.ts";
import { AirlockError } from "../../spec/errors.ts";
import { readJsonBody } from "../body/read_json_body.ts";
import type { CallPins } from "../call_pins.ts";
import type { GatewayEnv } from "../gateway_env.ts";
import type { GatewayOptions } from "../gateway_options.ts";
import type { McpDesk } from "../mcp/create_mcp_desk.ts";
import type { OpenMcp } from "../mcp/open_mcp.ts";
import { requireJson } from "../middleware/require_json.ts";
import { requireOwnOrigin } from "../middleware/require_own_origin.ts";
import { addOauth } from "./oauth/add_oauth.ts";
import { addMcpCall } from "./mcp_call.ts";

/** What MCP is served with. */
export interface McpOptions extends GatewayOptions {
  readonly accounts: Accounts;
  readonly pins: CallPins;
  /** Where tools come from beside our sandboxes. */
  readonly sources?: readonly McpSource[];
  /** Where resources and prompts come from beside other servers. */
  readonly libraries?: readonly McpLibrary[];
}

/** Paths that serve one collection; those below `/api` are older. */
const COLLECTION_PATHS = ["/mcp/:user/:collection", "/api/mcp/:user/:collection/http"];
const SSE_PATHS = ["/mcp/:user/:collection/sse", "/api/mcp/:user/:collection/sse"];

/**
 * `/mcp`: collections, or everything that a key may see, for MCP clients. Loaded when somebody first
 * asks for it.
 * @returns what opens it.
 */
export function addMcp(
  app: OpenAPIHono<GatewayEnv>,
  options: McpOptions,
): () => Promise<McpDesk> {
  const { accounts, metering, executor, pins, gate, logger, settings } = options;
  const { sources, libraries, upstreams, lists } = options;
  let opened: Promise<OpenMcp> | undefined;
  const open = () =>
    opened ??= import("../mcp/open_mcp.ts").then(({ openMcp }) =>
      openMcp({
        ...{
          accounts,
          metering,
          executor,
          pins,
          sources,
          libraries,
          upstreams,
          lists,
          stop: gate.signal,
        },
        ...{ version: settings.version, heartbeatMs: settings.heartbeatMs },
        onFailure: (error, requestId) => logger.warn("serve MCP: {error}", { error, requestId }),
      })
    );
  app.use("/mcp/*", requireOwnOrigin(settings));
  app.use("/api/mcp/*", requireOwnOrigin(settings));
  const desk = async () => (await open()).desk;
  addMcpCall(app, { ...options, desk });
  addOauth(app, { ...options, desk });

  for (const path of ["/mcp", ...COLLECTION_PATHS]) {
    const serve = async (context: Context<GatewayEnv>) => {
      const { desk, http } = await open();
      const part = await partOf(context, desk);
      const { method } = context.req;
      const body = method === "POST" ? await bodyOf(context, options) : undefined;
      const exchange = { part, requestId: context.get("requestId"), body };
      // A stream of changes lasts as long as its client: nobody waits for its end.
      const release = method === "GET" || isListening(body) ? () => {} : gate.hold();
      try {
        return holdUntilRead(await http.fetch(context.req.raw, exchange), release);
      } catch (error) {
        release();
        throw error;
      }
    };
    app.post(path, gate.admit(), requireJson(), serve);
    app.get(path, serve);
    app.delete(path, serve);
  }

  for (const path of SSE_PATHS) {
    app.get(path, gate.admit(), async (context) => {
      const { desk, sse } = await open();
      return await sse.open(await partOf(context, desk), { path: context.req.path });
    });
    app.post(path, gate.admit(), requireJson(), async (context) => {
      const { desk, sse } = await open();
      const part = await partOf(context, desk);
      const sessionId = context.req.query("sessionId") ?? "";
      return sse.post(part, { sessionId, body: await bodyOf(context, options) });
    });
  }
  return desk;
}

async function partOf(context: Context<GatewayEnv>, desk: OpenMcp["desk"]): Promise<McpPart> {
  const { user, collection } = context.req.param() as { user?: string; collection?: string };
  const caller = context.get("caller");
  if (user === undefined || collection === undefined) return desk.everything(caller);
  return await desk.partAt(caller, { user, collection });
}

/** JSON-RPC has objects, and lists of them, only. */
async function bodyOf(context: Context<GatewayEnv>, { settings }: GatewayOptions): Promise<object> {
  const bounds = { maxBytes: settings.maxBodyBytes, timeoutMs: settings.bodyTimeoutMs };
  const body = await readJsonBody(context.req.raw, bounds);
  if (typeof body === "object" && body !== null) return body;
  throw new AirlockError("invalid_input", "read message: it is not JSON-RPC", {
    stage: "request",
    suggestion: "Send a JSON-RPC message.",
  });
}

function isListening(body: object | undefined): boolean {
  return body !== undefined && "method" in body && body.method === "subscriptions/listen";
}
