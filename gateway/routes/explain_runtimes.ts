import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { AirlockError } from "../../spec/errors.ts";
import type { GatewayEnv } from "../gateway_env.ts";
import type { GatewayOptions } from "../gateway_options.ts";
import { explanationSchema } from "../schemas/explanation_schema.ts";
import { packageFields, present } from "../schemas/package_fields.ts";
import { parseWith } from "../schemas/parse_with.ts";
import { failureAnswers, jsonContent } from "./route_parts.ts";

const REF = /^((?:@[^@/#]+\/)?[^@#]+)(?:@([^#]+))?(?:#(.+))?$/;

const refSchema = z.object({
  packageName: packageFields.packageName,
  version: packageFields.version,
  name: z.string().min(1).max(256).optional(),
});

const querySchema = z.object({
  runtime: z.enum(["deno", "quickjs", "extism"]).optional()
    .describe("As if a call insisted on this one"),
  source: packageFields.source,
});

const route = createRoute({
  method: "get",
  path: "/tools/{ref}/runtimes",
  summary: "Say where a tool would run, and why",
  description:
    "Prepares the package where needed. Names what would run it, what would take over, " +
    "what refused and why, what earlier calls took, and how results compared.",
  request: {
    params: z.object({
      ref: z.string().openapi({
        description: "`package@version#tool`, URL-encoded; version and tool may be absent",
        example: "@tpmjs/tools-html-to-markdown@0.1.0#htmlToMarkdownTool",
      }),
    }),
    query: querySchema,
  },
  responses: {
    200: jsonContent(explanationSchema, "The choice and its reasons"),
    ...failureAnswers([400, 401, 403, 404, 500, 502, 503, 504]),
  },
});

/** `GET /tools/{ref}/runtimes`: where a tool would run, in words. */
export function addExplainRuntimes(app: OpenAPIHono<GatewayEnv>, options: GatewayOptions): void {
  app.openAPIRegistry.registerPath(route);
  app.get("/tools/:ref/runtimes", options.gate.admit(), async (context) => {
    const ref = parseRef(context.req.param("ref"));
    const query = parseWith(querySchema, context.req.query());
    const explanation = await options.describer.explain(present({ ...ref, ...query }), {
      tenant: context.get("tenant"),
      requestId: context.get("requestId"),
      signal: AbortSignal.any([context.req.raw.signal, options.gate.signal]),
    });
    return context.json({ success: true, ...explanation });
  });
}

function parseRef(text: string) {
  const match = REF.exec(text);
  if (match === null) {
    throw new AirlockError("invalid_input", "read reference: not package@version#tool", {
      stage: "request",
      suggestion: "Encode it as one part of the path, such as lodash%404.17.21%23chunk",
    });
  }
  const [, packageName, version, name] = match;
  return parseWith(refSchema, { packageName, version, name });
}
