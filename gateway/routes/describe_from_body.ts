import type { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { PackageDescription } from "../../spec/description.ts";
import { readJsonBody } from "../body/read_json_body.ts";
import type { GatewayEnv } from "../gateway_env.ts";
import type { GatewayOptions } from "../gateway_options.ts";
import { type describePackageSchema, describeRequest } from "../schemas/describe_tool_schema.ts";
import { parseWith } from "../schemas/parse_with.ts";

/**
 * Parses a body that names a package and describes that package: what the three describing routes
 * share.
 * @throws {AirlockError} `invalid_input`, `payload_too_large`, or whatever the describer throws.
 */
export async function describeFromBody<T extends z.output<typeof describePackageSchema>>(
  context: Context<GatewayEnv>,
  schema: z.ZodType<T>,
  options: GatewayOptions,
): Promise<{ body: T; description: PackageDescription }> {
  const { settings, describer, gate } = options;
  const bounds = { maxBytes: settings.maxBodyBytes, timeoutMs: settings.bodyTimeoutMs };
  const body = parseWith(schema, await readJsonBody(context.req.raw, bounds));
  const description = await describer.describe(describeRequest(body), {
    tenant: context.get("tenant"),
    requestId: context.get("requestId"),
    signal: AbortSignal.any([context.req.raw.signal, gate.signal]),
  });
  return { body, description };
}
