import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { GatewayEnv } from "../gateway_env.ts";
import type { GatewayOptions } from "../gateway_options.ts";
import { failureAnswers } from "./route_parts.ts";

const route = createRoute({
  method: "get",
  path: "/metrics",
  summary: "Metrics for Prometheus",
  description: "In the text format of Prometheus.",
  responses: {
    200: { description: "Text format", content: { "text/plain": { schema: z.string() } } },
    ...failureAnswers([401, 403]),
  },
});

/** `GET /metrics`: counts in Prometheus' text format. */
export function addMetrics(app: OpenAPIHono<GatewayEnv>, options: GatewayOptions): void {
  app.openAPIRegistry.registerPath(route);
  app.get(route.path, async () => {
    const { contentType, text } = await options.metrics.expose();
    return new Response(text, { headers: { "content-type": contentType } });
  });
}
