import type { MiddlewareHandler } from "hono";
import type { GatewayEnv } from "../gateway_env.ts";
import type { GatewaySettings } from "../gateway_options.ts";
import { mcpEndpointOf } from "../oauth/mcp_endpoint.ts";
import { CLIENT_SCOPE, resourceMetadataUrl } from "../oauth/oauth_metadata.ts";
import { ownOrigin } from "../oauth/own_origin.ts";

/** Tells clients of MCP that are turned away where they can sign in (RFC 9728 §5.1, RFC 6750 §3). */
export function challengeMcp(
  { settings }: { readonly settings: GatewaySettings },
): MiddlewareHandler<GatewayEnv> {
  return async function challenge(context, next) {
    await next();
    const { req, res } = context;
    if (res.status !== 401 || mcpEndpointOf(req.path) === undefined) return;
    const url = resourceMetadataUrl(ownOrigin(context, settings), req.path);
    const isBad = req.header("authorization") !== undefined ||
      req.header("x-api-key") !== undefined;
    const parts = [
      ...(isBad ? ['error="invalid_token"'] : []),
      `resource_metadata="${url}"`,
      `scope="${CLIENT_SCOPE}"`,
    ];
    res.headers.set("www-authenticate", `Bearer ${parts.join(", ")}`);
  };
}
