import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { SCOPES, TIERS } from "../../../spec/account.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { failureAnswers, jsonContent } from "../route_parts.ts";

const meSchema = z.object({
  kind: z.enum(["owner", "user", "key", "anonymous"]),
  tenant: z.string().openapi({ description: "Account that calls run for", example: "local" }),
  userId: z.string().nullable(),
  keyId: z.string().nullable(),
  scopes: z.array(z.enum(SCOPES)),
  collections: z.array(z.string()).nullable(),
  tier: z.enum(TIERS),
  managesAccount: z.boolean(),
}).openapi("Me");

const route = createRoute({
  method: "get",
  path: "/api/me",
  summary: "Who the gateway takes you for",
  description: "Kind of caller, account, scopes, and the collections that a key is held to.",
  responses: { 200: jsonContent(meSchema, "The caller"), ...failureAnswers([401]) },
});

/** `GET /api/me`: the caller as authentication found it. */
export function addMe(app: OpenAPIHono<GatewayEnv>): void {
  app.openAPIRegistry.registerPath(route);
  app.get(route.path, (context) => {
    const { kind, tenant, userId, keyId, scopes, collections, tier, managesAccount = false } =
      context.get("caller");
    const facts = { kind, tenant, userId, keyId, collections, tier, managesAccount };
    return context.json({ ...facts, scopes: [...scopes] });
  });
}
