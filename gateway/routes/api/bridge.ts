import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { listBridges } from "../../../accounts/bridges/list_bridges.ts";
import { AirlockError } from "../../../spec/errors.ts";
import type { LocalBridges } from "../../bridge/local_bridges.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireOwnOrigin } from "../../middleware/require_own_origin.ts";
import { bridgesSchema } from "../../schemas/bridge_schemas.ts";
import { failureAnswers, jsonContent } from "../route_parts.ts";
import type { ApiOptions } from "./api_parts.ts";

/** Headers that say who asks; nothing else of a request outlives it. */
const CREDENTIALS = ["authorization", "x-api-key"];

const connect = createRoute({
  method: "get",
  path: "/api/bridge",
  summary: "Connect a bridge",
  description: "For `airlock bridge start`: an upgrade to a WebSocket over which the bridge " +
    "registers the tools of its machine and is called.",
  responses: {
    101: { description: "Connected" },
    ...failureAnswers([400, 401, 403, 429, 503]),
  },
});

const list = createRoute({
  method: "get",
  path: "/api/user/bridge",
  summary: "Bridges of one's own",
  description: "Machines that are or were connected, and the tools that they have.",
  responses: {
    200: jsonContent(bridgesSchema, "Bridges, by name"),
    ...failureAnswers([401, 403]),
  },
});

/** `GET /api/bridge`: the way in for bridges; `GET /api/user/bridge`: what there is of them. */
export function addBridge(
  app: OpenAPIHono<GatewayEnv>,
  options: ApiOptions & { readonly bridges: LocalBridges },
): void {
  const { accounts: { sql }, bridges, gate, settings } = options;
  for (const route of [connect, list]) app.openAPIRegistry.registerPath(route);
  gate.signal.addEventListener("abort", () => bridges[Symbol.dispose](), { once: true });

  // Not counted by the gate: a bridge is connected as long as it runs.
  app.get(connect.getRoutingPath(), requireOwnOrigin(settings), (context) => {
    const caller = context.get("caller");
    const { raw } = context.req;
    if (raw.headers.get("upgrade")?.toLowerCase() !== "websocket") throw noUpgrade();
    if (caller.kind === "user") throw needsKey();
    if (gate.closed) throw stopping();
    if (!bridges.hasRoom(caller)) throw tooMany();
    const credentials = new Headers();
    for (const header of CREDENTIALS) {
      const value = raw.headers.get(header);
      if (value !== null) credentials.set(header, value);
    }
    const { socket, response } = upgrade(raw);
    bridges.open(socket, { caller, credentials });
    return response;
  });

  app.get(
    list.getRoutingPath(),
    async (context) => context.json({ items: await listBridges(sql, context.get("caller")) }),
  );
}

/** Our own signs of life come over the connection itself, so it has no idle time. */
function upgrade(request: Request): Deno.WebSocketUpgrade {
  try {
    return Deno.upgradeWebSocket(request, { idleTimeout: 0 });
  } catch (error) {
    // A header that an upgrade has is missing.
    if (error instanceof TypeError) throw noUpgrade(error);
    throw error;
  }
}

function noUpgrade(cause?: unknown): AirlockError {
  return new AirlockError("invalid_input", "connect bridge: it is not an upgrade to a WebSocket", {
    stage: "request",
    suggestion: "Connect with `airlock bridge start`.",
    cause,
  });
}

/** Pages hold sessions: nothing of theirs should open the way to somebody's machine. */
function needsKey(): AirlockError {
  return new AirlockError("permission_denied", "connect bridge: a session is no API key", {
    stage: "request",
    suggestion: "Make a key with the scope bridge:connect.",
  });
}

function stopping(): AirlockError {
  return new AirlockError("shutting_down", "connect bridge: the gateway is stopping", {
    stage: "request",
    suggestion: "Connect again shortly.",
    retryAfterMs: 5_000,
  });
}

function tooMany(): AirlockError {
  return new AirlockError("rate_limited", "connect bridge: too many are connected already", {
    stage: "request",
    suggestion: "Stop one of them.",
  });
}
