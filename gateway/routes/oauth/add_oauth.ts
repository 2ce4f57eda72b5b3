import type { OpenAPIHono } from "@hono/zod-openapi";
import style from "./page.css" with { type: "text" };
import type { GatewayEnv } from "../../gateway_env.ts";
import { addAuthorize } from "./authorize.ts";
import { addDevice } from "./device.ts";
import { addDeviceCode } from "./device_code.ts";
import { addOauthMetadata } from "./metadata.ts";
import type { OauthOptions } from "./oauth_parts.ts";
import { addRegister } from "./register.ts";
import { addSignIn } from "./sign_in.ts";
import { addToken } from "./token.ts";

/** OAuth 2.1 for MCP clients that are given nothing but the URL of an endpoint, and for machines. */
export function addOauth(app: OpenAPIHono<GatewayEnv>, options: OauthOptions): void {
  addOauthMetadata(app, options);
  addRegister(app, options);
  addAuthorize(app, options);
  addSignIn(app, options);
  addToken(app, options);
  addDeviceCode(app, options);
  addDevice(app, options);
  app.get("/oauth/page.css", (context) => {
    context.header("content-type", "text/css; charset=utf-8");
    return context.body(style);
  });
}
