import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { GatewayEnv } from "../gateway_env.ts";
import type { GatewayOptions } from "../gateway_options.ts";
import { failureAnswers, jsonContent } from "./route_parts.ts";

const count = z.int();
const counts = z.record(z.string(), z.int());

const poolSchema = z.object({
  budget: z.object({
    maxBytes: count,
    usedBytes: count.describe("Of all sandboxes that are alive or starting"),
    shed: count.describe("Sandboxes ended for want of memory"),
  }),
  pools: z.array(
    z.object({
      runtime: z.enum(["deno", "quickjs", "extism"]),
      maxSandboxes: count,
      total: count,
      blank: count,
      starting: count,
      idle: count.describe("Loaded and kept for the next call of the same tool and tenant"),
      busy: count,
      ending: count,
      waiting: count.describe("Calls"),
      draining: z.boolean(),
      starts: counts.describe("Calls by how they started"),
      retired: counts.describe("Ended sandboxes by reason"),
      exhausted: count,
      spawnFailures: count,
      demand: z.object({
        blankTarget: count.describe("Blanks that are kept now"),
        takenAtOnce: z.number().describe("Most taken while one was replaced; fades"),
        takenPerSecond: z.number(),
        arrivalsPerSecond: z.number(),
        spawnMs: z.number(),
        knownKeys: count,
      }),
    }),
  ),
  results: z.object({ entries: count, bytes: count, maxBytes: count }).describe("Kept results"),
}).openapi("Pool");

const route = createRoute({
  method: "get",
  path: "/pool",
  summary: "State of the sandbox pools",
  description: "How many sandboxes there are and why: see docs/pool.md for the rule.",
  responses: {
    200: jsonContent(poolSchema, "The pools and the numbers behind their size"),
    ...failureAnswers([401, 403]),
  },
});

/** `GET /pool`: every pool, the memory they share and the numbers of the rule. */
export function addPool(app: OpenAPIHono<GatewayEnv>, options: GatewayOptions): void {
  app.openAPIRegistry.registerPath(route);
  app.get(route.path, (context) => context.json(options.pool()));
}
