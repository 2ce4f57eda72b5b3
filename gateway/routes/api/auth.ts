import type { OpenAPIHono } from "@hono/zod-openapi";
import { readBytes } from "../../body/read_body.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import type { ApiOptions } from "./api_parts.ts";

/** Largest body for signing in and the like. */
const MAX_AUTH_BODY_BYTES = 64 * 1024;

/** `/api/auth/*`: signing up, in and out, and organisations, by better-auth. */
export function addAuth(app: OpenAPIHono<GatewayEnv>, options: ApiOptions): void {
  const { accounts, settings } = options;
  app.on(["GET", "POST"], "/api/auth/*", async (context) => {
    const { raw } = context.req;
    const body = raw.body === null ? null : await readBytes(raw, {
      maxBytes: MAX_AUTH_BODY_BYTES,
      timeoutMs: settings.bodyTimeoutMs,
    });
    const people = await accounts.people();
    const request = new Request(raw.url, {
      method: raw.method,
      headers: raw.headers,
      body: body === null ? null : new Blob([new Uint8Array(body)]),
      redirect: "manual",
      signal: raw.signal,
    });
    const response = await people.handle(request, {
      address: context.get("address"),
      caller: context.get("caller"),
      requestId: context.get("requestId"),
    });
    return new Response(response.body, response);
  });
}
