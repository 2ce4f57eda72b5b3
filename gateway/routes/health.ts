import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { GatewayEnv } from "../gateway_env.ts";
import type { GatewayOptions } from "../gateway_options.ts";
import { healthSchema } from "../schemas/answer_schemas.ts";
import { jsonContent } from "./route_parts.ts";

const route = createRoute({
  method: "get",
  path: "/health",
  summary: "State of the gateway",
  description:
    "Needs no key. 503 while stopping, so that balancers look elsewhere. Not 503 while " +
    "the database is down, since calls go on.",
  security: [],
  responses: {
    200: jsonContent(healthSchema, "Ready"),
    503: jsonContent(healthSchema, "Stopping"),
  },
});

/** `GET /health`: version, isolation in force, runtimes, the database and the pool's counts. */
export function addHealth(app: OpenAPIHono<GatewayEnv>, options: GatewayOptions): void {
  app.openAPIRegistry.registerPath(route);
  app.get(route.path, async (context) => {
    const { closed } = options.gate;
    const facts = await options.health();
    return context.json({ status: closed ? "draining" : "ok", ...facts }, closed ? 503 : 200);
  });
}
