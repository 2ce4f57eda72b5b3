import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { notFound } from "../../../accounts/require_permission.ts";
import type { PinKey } from "../../../registry/pins/read_pins.ts";
import type { Pin, PinChange } from "../../../spec/pin.ts";
import { findCollection } from "../../../accounts/collections/find_collection.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireJson } from "../../middleware/require_json.ts";
import { PinDesk } from "../../pins/pin_desk.ts";
import { respondOne } from "../../respond_one.ts";
import {
  listAnswer,
  listQuerySchema,
  listSchema,
  oneMore,
  pageOf,
} from "../../schemas/list_schema.ts";
import { parseWith } from "../../schemas/parse_with.ts";
import {
  decisionSchema,
  diffQuerySchema,
  pinChangeSchema,
  pinCheckSchema,
  pinDiffSchema,
  pinSchema,
} from "../../schemas/pin_schemas.ts";
import { failureAnswers, jsonBody, jsonContent } from "../route_parts.ts";
import { actorOf, type ApiOptions, bodyOf, idOf } from "./api_parts.ts";

const collection = z.string().openapi({ example: "col_0Nf3vPq8rT1xZ5bC7dE9gH" });
const params = z.object({
  id: collection,
  tool: z.string().openapi({ example: "tool_4kWm2sYb6uJ8aQ0cLhR3tX" }),
});

const list = createRoute({
  method: "get",
  path: "/api/collections/{id}/pins",
  summary: "Pins of a collection",
  description: "What each tool was when it was approved, and what it would be by now.",
  request: { params: z.object({ id: collection }), query: listQuerySchema },
  responses: {
    200: jsonContent(listSchema(pinSchema), "Pins"),
    ...failureAnswers([400, 401, 403]),
  },
});

const diff = createRoute({
  method: "get",
  path: "/api/collections/{id}/pins/{tool}/diff",
  summary: "What would change",
  description:
    "Compares packages, definition, code and hosts. Where no change waits, the latest version is " +
    "prepared and held back first, for those who may decide on it. Takes a while where code has " +
    "to be fetched; nothing of it is called.",
  request: { params, query: diffQuerySchema },
  responses: {
    200: jsonContent(pinDiffSchema, "The change beside the pin"),
    ...failureAnswers([400, 401, 403, 404, 502, 503, 504]),
  },
});

const check = createRoute({
  method: "post",
  path: "/api/collections/{id}/pins/{tool}/check",
  summary: "Look for a new version",
  description: "Prepares the latest version and holds it back where it is another.",
  request: { params },
  responses: {
    200: jsonContent(pinCheckSchema, "What was found"),
    ...failureAnswers([401, 403, 404, 502, 503, 504]),
  },
});

const decisions = (["accept", "reject"] as const).map((verdict) => ({
  verdict,
  route: createRoute({
    method: "post",
    path: `/api/collections/{id}/pins/{tool}/${verdict}`,
    summary: verdict === "accept" ? "Accept a change" : "Reject a change",
    description:
      "Names what was looked at by its hashes. Where that is not there any more, nothing " +
      "happens.",
    request: { params, body: jsonBody(decisionSchema) },
    responses: {
      200: jsonContent(pinSchema.omit({ waiting: true }), "The pin as it is now"),
      ...failureAnswers([400, 401, 403, 404, 412, 413, 415]),
    },
  }),
}));

/** `/api/collections/{id}/pins`: list pins, show what would change, look for it, decide on it. */
export function addPins(app: OpenAPIHono<GatewayEnv>, options: ApiOptions): void {
  const { accounts: { sql }, openCode, gate } = options;
  const onDecided = (key: PinKey) => options.pins?.drop(key);
  const desk = new PinDesk({ sql, openCode, onDecided });
  const routes = [list, diff, check, ...decisions.map(({ route }) => route)];
  for (const route of routes) app.openAPIRegistry.registerPath(route);

  app.get(list.getRoutingPath(), async (context) => {
    const page = pageOf(parseWith(listQuerySchema, context.req.query()));
    const collectionId = idOf(context, "collection");
    // What is not seen has no list either, not even an empty one.
    await findCollection(sql, context.get("caller"), { name: collectionId });
    const found = await desk.list(context.get("caller"), { collectionId, ...oneMore(page) });
    const items = found.map(({ pin, waiting }) => ({
      ...shownPin(pin),
      waiting: waiting.map(shownChange),
    }));
    return context.json(listAnswer(items, page));
  });

  app.get(diff.getRoutingPath(), gate.admit(), async (context) => {
    const { change } = parseWith(diffQuerySchema, context.req.query());
    const wanted = { ...keyOf(context), change, signal: signalOf(context, options) };
    const shown = await desk.show(context.get("caller"), wanted);
    return respondOne(context, {
      expected: shown.pin.stateHash,
      change: shownChange(shown.change),
      diff: shown.diff,
    });
  });

  app.post(check.getRoutingPath(), gate.admit(), async (context) => {
    const wanted = { ...keyOf(context), signal: signalOf(context, options) };
    const change = await desk.check(context.get("caller"), wanted);
    return context.json({ change: change === null ? null : shownChange(change) });
  });

  for (const { verdict, route } of decisions) {
    app.post(route.getRoutingPath(), requireJson(), async (context) => {
      const key = keyOf(context);
      const hashes = await bodyOf(context, decisionSchema, options);
      const pin = await desk.decide(actorOf(context), { ...key, ...hashes, verdict });
      return context.json(shownPin(pin));
    });
  }
}

function keyOf(context: Context<GatewayEnv>): PinKey {
  const toolId = context.req.param("tool") ?? "";
  if (!/^[0-9A-Za-z_]{1,64}$/.test(toolId)) throw notFound("pin");
  return { collectionId: idOf(context, "collection"), toolId };
}

function signalOf(context: Context<GatewayEnv>, { gate }: Pick<ApiOptions, "gate">): AbortSignal {
  return AbortSignal.any([context.req.raw.signal, gate.signal]);
}

/** What may be told of a pin: not whole locks and definitions, which are long. */
function shownPin(pin: Pin) {
  const { id, collectionId, toolId, revision, hosts, updatedAt } = pin;
  return { id, collectionId, toolId, ...shownState(pin), revision, hosts, updatedAt };
}

function shownChange(change: PinChange): z.output<typeof pinChangeSchema> {
  const { id, state, seenAt, decidedAt } = change;
  return { id, ...shownState(change), state, seenAt, decidedAt };
}

function shownState(one: Pin | PinChange) {
  const { packageName, toolName, source, version, stateHash, lockHash, definitionHash } = one;
  const findings = [...one.findings];
  return { packageName, toolName, source, version, stateHash, lockHash, definitionHash, findings };
}
