import type { OpenAPIHono } from "@hono/zod-openapi";
import page from "../docs/page.html" with { type: "text" };
import style from "../docs/page.css" with { type: "text" };
import script from "../docs/page.js" with { type: "text" };
import type { GatewayEnv } from "../gateway_env.ts";

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
  "img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/** `GET /docs`: reads `/openapi.json` and tries routes out, with nothing from elsewhere. */
export function addDocs(app: OpenAPIHono<GatewayEnv>): void {
  const file = (text: string, type: string) => () =>
    new Response(text, {
      headers: { "content-type": `${type}; charset=utf-8`, "content-security-policy": POLICY },
    });
  app.get("/docs", file(page, "text/html"));
  app.get("/docs/page.css", file(style, "text/css"));
  app.get("/docs/page.js", file(script, "text/javascript"));
}
