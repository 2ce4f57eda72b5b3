import type { MiddlewareHandler } from "hono";
import { AirlockError } from "../../spec/errors.ts";
import type { GatewayEnv } from "../gateway_env.ts";
import { isLoopbackHost } from "./refuse_foreign_pages.ts";

/** Options of {@linkcode requireOwnOrigin}. */
export interface OwnOriginOptions {
  readonly corsOrigins: readonly string[];
  readonly publicUrl?: string;
}

/**
 * What MCP asks of its servers, whether or not they ask for a key: requests that browsers send come
 * from pages that may.
 * @throws {AirlockError} `permission_denied`.
 */
export function requireOwnOrigin(options: OwnOriginOptions): MiddlewareHandler<GatewayEnv> {
  const { corsOrigins, publicUrl } = options;
  const own = publicUrl === undefined ? [] : [new URL(publicUrl).origin];
  const origins = new Set([...corsOrigins, ...own]);
  return function check(context, next) {
    const origin = context.req.header("origin");
    const host = context.req.header("host") ?? new URL(context.req.url).host;
    const isOwn = origin === undefined || origins.has(origin) ||
      (isLoopbackHost(host) && origin === `http://${host}`);
    if (isOwn) return next();
    throw new AirlockError(
      "permission_denied",
      "check caller: the request comes from another origin's page",
      { stage: "request", suggestion: "List the page's origin in AIRLOCK_CORS_ORIGINS." },
    );
  };
}
