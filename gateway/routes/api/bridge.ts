import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { listBridges } from "../../../accounts/bridges/list_bridges.ts";
import { LINE_HEADER, POLL_TYPE, writePoll } from "../../../bridge/protocol/poll_body.ts";
import { AirlockError } from "../../../spec/errors.ts";
import { readBody } from "../../body/read_body.ts";
import type { ConnectingBridge } from "../../bridge/held_bridge.ts";
import type { LocalBridges } from "../../bridge/local_bridges.ts";
import type { OfferShelf, ShelvedBridge } from "../../bridge/offer_shelf.ts";
import { PolledLines } from "../../bridge/polled_lines.ts";
import { withQueryToken } from "../../bridge/with_query_token.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireContentType } from "../../middleware/require_json.ts";
import { requireOwnOrigin } from "../../middleware/require_own_origin.ts";
import { bridgesSchema } from "../../schemas/bridge_schemas.ts";
import { failureAnswers, jsonContent } from "../route_parts.ts";
import type { ApiOptions } from "./api_parts.ts";

/** Headers that say who asks; nothing else of a request outlives it. */
const CREDENTIALS = ["authorization", "x-api-key"];

/** One frame at least: of characters that take three bytes, with all that JSON puts before quotes. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

const connect = createRoute({
  method: "get",
  path: "/api/bridge",
  summary: "Connect a bridge",
  description: "For `airlock bridge start`: an upgrade to a WebSocket over which the bridge " +
    "registers the tools of its machine and is called. With `x-airlock-line`: what the gateway has " +
    "to say on a line that `POST` has opened, as soon as there is something.",
  responses: {
    101: { description: "Connected" },
    200: framesContent("What the gateway says: messages of the protocol, one on each line"),
    ...failureAnswers([400, 401, 403, 429, 503]),
  },
});

const openedSchema = z.object({
  line: z.string().openapi({ example: "5f0c1a52-9d3e-4c1b-8a77-2b64f0c3d9e1" }),
}).openapi("OpenedLine");

const poll = createRoute({
  method: "post",
  path: "/api/bridge",
  summary: "Speak as a bridge where no WebSocket gets through",
  description: "Opens a line, which the answer names; with `x-airlock-line`: says something on it.",
  request: {
    headers: z.object({ [LINE_HEADER]: z.string().optional() }),
    body: framesContent("Messages of the protocol, one on each line"),
  },
  responses: {
    200: { description: "It was taken" },
    201: jsonContent(openedSchema, "A line was opened"),
    ...failureAnswers([400, 401, 403, 404, 413, 415, 429, 503]),
  },
});

const list = createRoute({
  method: "get",
  path: "/api/user/bridge",
  summary: "Bridges of one's own",
  description:
    "Machines that are or were connected, and the tools that they have. How much else their " +
    "servers offer is known of bridges that were connected to this gateway since it runs.",
  responses: {
    200: jsonContent(bridgesSchema, "Bridges, by name"),
    ...failureAnswers([401, 403]),
  },
});

/** `GET /api/bridge`: the way in for bridges; `GET /api/user/bridge`: what there is of them. */
export function addBridge(
  app: OpenAPIHono<GatewayEnv>,
  options: ApiOptions & { readonly bridges: LocalBridges; readonly shelf: OfferShelf },
): void {
  const { accounts: { sql }, bridges, shelf, gate, settings } = options;
  const polled = new PolledLines(bridges);
  for (const route of [connect, poll, list]) app.openAPIRegistry.registerPath(route);
  gate.signal.addEventListener("abort", () => {
    bridges[Symbol.dispose]();
    polled[Symbol.dispose]();
  }, { once: true });
  const connecting = (context: Context<GatewayEnv>): ConnectingBridge => {
    const caller = context.get("caller");
    if (caller.kind === "user") throw needsKey();
    if (gate.closed) throw stopping();
    if (!bridges.hasRoom(caller)) throw tooMany();
    const sent = withQueryToken(context.req.raw);
    const credentials = new Headers();
    for (const header of CREDENTIALS) {
      const value = sent.get(header);
      if (value !== null) credentials.set(header, value);
    }
    return { caller, credentials };
  };

  // Not counted by the gate: a bridge is connected as long as it runs.
  app.get(connect.getRoutingPath(), requireOwnOrigin(settings), async (context) => {
    const { raw } = context.req;
    const id = context.req.header(LINE_HEADER);
    if (id !== undefined) {
      const asked = { caller: context.get("caller"), signal: raw.signal };
      const text = writePoll(await polled.take(id, asked));
      return context.body(text, 200, { "content-type": POLL_TYPE });
    }
    if (raw.headers.get("upgrade")?.toLowerCase() !== "websocket") throw noUpgrade();
    const bridge = connecting(context);
    const { socket, response } = upgrade(raw);
    bridges.openSocket(socket, bridge);
    return response;
  });

  const isFrames = requireContentType([POLL_TYPE]);
  app.post(poll.getRoutingPath(), requireOwnOrigin(settings), isFrames, async (context) => {
    const caller = context.get("caller");
    const id = context.req.header(LINE_HEADER);
    if (id === undefined) return context.json({ line: polled.open(connecting(context)) }, 201);
    const bounds = { maxBytes: MAX_BODY_BYTES, timeoutMs: settings.bodyTimeoutMs };
    polled.give(id, { caller, text: await readBody(context.req.raw, bounds) });
    return context.body(null, 200);
  });

  app.get(
    list.getRoutingPath(),
    async (context) => {
      const items = await listBridges(sql, context.get("caller"));
      return context.json({
        items: items.map((bridge) => ({ ...bridge, servers: serversOf(shelf.of(bridge.id)) })),
      });
    },
  );
}

function serversOf(bridge: ShelvedBridge | undefined) {
  return (bridge?.servers ?? []).map(({ id, tools, resources, prompts }) => ({
    ...{ id, tools: tools.size, resources: resources.length, prompts: prompts.length },
  }));
}

function framesContent(description: string) {
  return { description, content: { [POLL_TYPE]: { schema: z.string() } } };
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
