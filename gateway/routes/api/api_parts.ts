import type { Context } from "hono";
import type { z } from "zod";
import type { Accounts } from "../../../accounts/accounts.ts";
import type { Actor } from "../../../accounts/audit/write_audit.ts";
import { notFound } from "../../../accounts/require_permission.ts";
import type { ResourceKind } from "../../../accounts/resource.ts";
import type { DescribeContext } from "../../../spec/description.ts";
import { readJsonBody } from "../../body/read_json_body.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import type { GatewayOptions } from "../../gateway_options.ts";
import type { McpDesk } from "../../mcp/create_mcp_desk.ts";
import { parseWith } from "../../schemas/parse_with.ts";

/** What routes below `/api` are made of. */
export interface ApiOptions extends GatewayOptions {
  readonly accounts: Accounts;
  /** Where tools of other servers are; absent where nobody serves MCP. */
  readonly desk?: () => Promise<McpDesk>;
}

/** Who makes a change, with which request. */
export function actorOf(context: Context<GatewayEnv>): Actor {
  return { caller: context.get("caller"), requestId: context.get("requestId") };
}

/** Who asks what a package offers, and until when. */
export function asking(
  context: Context<GatewayEnv>,
  { gate }: Pick<GatewayOptions, "gate">,
): DescribeContext {
  return {
    tenant: context.get("tenant"),
    requestId: context.get("requestId"),
    signal: AbortSignal.any([context.req.raw.signal, gate.signal]),
  };
}

/**
 * The id in a request's path.
 * @throws {AirlockError} as for a thing that is not there, where it cannot be an id.
 */
export function idOf(
  context: Context<GatewayEnv>,
  kind: ResourceKind | "account" | "grant",
  { param = "id" }: { readonly param?: string } = {},
): string {
  const id = context.req.param(param) ?? "";
  if (/^[0-9A-Za-z_]{1,64}$/.test(id)) return id;
  throw notFound(kind);
}

/**
 * The parsed JSON body of a request.
 * @throws {AirlockError} `invalid_input`, `payload_too_large`.
 */
export async function bodyOf<T>(
  context: Context<GatewayEnv>,
  schema: z.ZodType<T>,
  { settings }: Pick<GatewayOptions, "settings">,
): Promise<T> {
  const bounds = { maxBytes: settings.maxBodyBytes, timeoutMs: settings.bodyTimeoutMs };
  return parseWith(schema, await readJsonBody(context.req.raw, bounds));
}
