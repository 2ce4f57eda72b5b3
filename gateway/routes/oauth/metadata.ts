import type { OpenAPIHono } from "@hono/zod-openapi";
import type { GatewayEnv } from "../../gateway_env.ts";
import type { GatewaySettings } from "../../gateway_options.ts";
import { mcpEndpointOf } from "../../oauth/mcp_endpoint.ts";
import { resourceMetadata, serverMetadata } from "../../oauth/oauth_metadata.ts";
import { ownOrigin } from "../../oauth/own_origin.ts";

const RESOURCE = "/.well-known/oauth-protected-resource";

/** Where the authorisation server tells of itself; some clients only look at the second. */
const SERVER_PATHS = [
  "/.well-known/oauth-authorization-server",
  "/.well-known/openid-configuration",
];

/**
 * What clients find out by the URL of an endpoint alone. Says the same whether or not there is such an
 * endpoint: that is for those to know who may use it.
 */
export function addOauthMetadata(
  app: OpenAPIHono<GatewayEnv>,
  { settings }: { readonly settings: GatewaySettings },
): void {
  app.get(`${RESOURCE}/*`, (context) => {
    const path = context.req.path.slice(RESOURCE.length) || "/mcp";
    const endpoint = mcpEndpointOf(path);
    if (endpoint === undefined) return context.notFound();
    return context.json(resourceMetadata(ownOrigin(context, settings), path));
  });
  for (const path of SERVER_PATHS) {
    app.get(path, (context) => context.json(serverMetadata(ownOrigin(context, settings))));
  }
}
