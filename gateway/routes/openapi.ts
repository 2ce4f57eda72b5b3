import type { OpenAPIHono } from "@hono/zod-openapi";
import { SESSION_COOKIE } from "../../accounts/credentials.ts";
import type { GatewayEnv } from "../gateway_env.ts";
import { completeDocument } from "../openapi/complete_document.ts";
import type { GatewayOptions } from "../gateway_options.ts";

/** `GET /openapi.json`: this surface in OpenAPI 3.1, written out when asked for. */
export function addOpenapi(app: OpenAPIHono<GatewayEnv>, options: GatewayOptions): void {
  const { settings: { version, apiKey }, accounts } = options;
  const security = securityOf({
    needsKey: apiKey !== undefined,
    hasAccounts: accounts !== undefined,
  });
  for (const [name, scheme] of Object.entries(SCHEMES)) {
    const isUsed = security?.some((way) => Object.hasOwn(way, name)) ?? false;
    if (isUsed) app.openAPIRegistry.registerComponent("securitySchemes", name, scheme);
  }
  const document = () =>
    completeDocument(app.getOpenAPI31Document({
      openapi: "3.1.0",
      info: {
        title: "Airlock",
        version,
        description: "Runs untrusted tools of AI agents in locked-down sandboxes.",
      },
      ...(security && { security }),
    }));
  let text: string | undefined;
  app.get("/openapi.json", () => {
    text ??= JSON.stringify(document());
    return new Response(text, { headers: { "content-type": "application/json" } });
  });
}

const SCHEMES = {
  bearer: { type: "http", scheme: "bearer" },
  apiKey: { type: "apiKey", in: "header", name: "x-api-key" },
  session: { type: "apiKey", in: "cookie", name: SESSION_COOKIE },
} as const;

/** Ways to say who calls; `{}` among them where saying nothing is one. */
function securityOf(
  { needsKey, hasAccounts }: { readonly needsKey: boolean; readonly hasAccounts: boolean },
): Record<string, string[]>[] | undefined {
  const keys: Record<string, string[]>[] = [{ bearer: [] }, { apiKey: [] }];
  if (hasAccounts) return [...keys, { session: [] }, {}];
  return needsKey ? keys : undefined;
}
