import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import {
  type KeptExecutor,
  keptExecutorSchema,
} from "../../../accounts/collections/kept_executor.ts";
import type { ExecutorFacts } from "../../../spec/executor_facts.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireJson } from "../../middleware/require_json.ts";
import { executor } from "../../schemas/collection_schemas.ts";
import { failureAnswers, jsonBody, jsonContent } from "../route_parts.ts";
import { type ApiOptions, bodyOf } from "./api_parts.ts";

const checkSchema = z.strictObject({
  executor: z.unknown().pipe(keptExecutorSchema).openapi({
    type: "object",
    description: "As in a collection: local, or where it is and which secret it is sent",
    example: { kind: "remote", url: "https://executor.example", tokenSecret: "EXECUTOR_TOKEN" },
  }),
}).openapi("CheckExecutor");

const factsSchema = z.object({
  executor,
  status: z.literal("ok"),
  version: z.string().nullable().openapi({ example: "0.1.0" }),
}).openapi("ExecutorFacts");

const route = createRoute({
  method: "post",
  path: "/api/executors/check",
  summary: "Check an executor",
  description:
    "Asks `GET /health` there, as is done when a collection or an agent gets one: over " +
    "https, at a public address, with the secret that calls would bring.",
  request: { body: jsonBody(checkSchema) },
  responses: {
    200: jsonContent(factsSchema, "It answers as an executor does"),
    ...failureAnswers([400, 401, 403, 404, 413, 415, 502]),
  },
});

/** `POST /api/executors/check`: whether something is an executor. */
export function addExecutors(app: OpenAPIHono<GatewayEnv>, options: ApiOptions): void {
  app.openAPIRegistry.registerPath(route);
  app.post(route.getRoutingPath(), options.gate.admit(), requireJson(), async (context) => {
    const { executor } = await bodyOf(context, checkSchema, options);
    const facts = await checkWanted(context, { executor }, options);
    return context.json({
      executor,
      ...facts ?? { status: "ok", version: options.settings.version },
    });
  });
}

/**
 * Checks an executor that a collection or an agent is to have; nothing is asked where that is none or
 * this gateway.
 * @throws {AirlockError} `invalid_input` saying what is wrong with it, `permission_denied`, `not_found`.
 */
export async function checkWanted(
  context: Context<GatewayEnv>,
  wanted: { readonly executor?: KeptExecutor | null; readonly collectionId?: string },
  { accounts, checkExecutor }: ApiOptions,
): Promise<ExecutorFacts | null> {
  const { executor, collectionId } = wanted;
  if (executor?.kind !== "remote") return null;
  const caller = context.get("caller");
  return await checkExecutor(await accounts.executorFor(caller, { executor, collectionId }));
}
