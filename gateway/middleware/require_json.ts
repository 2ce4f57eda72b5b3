import type { MiddlewareHandler } from "hono";
import { elapsedMs } from "../elapsed_ms.ts";
import type { GatewayEnv } from "../gateway_env.ts";
import { respondFailure } from "../respond_failure.ts";

/**
 * Refuses bodies that are not declared as JSON with 415. A page of another origin cannot declare that
 * without asking first.
 */
export function requireJson(): MiddlewareHandler<GatewayEnv> {
  return requireContentType(["application/json"]);
}

/** The same for other types than JSON beside it, none of which a page can send unasked either. */
export function requireContentType(types: readonly string[]): MiddlewareHandler<GatewayEnv> {
  const isJson = /^application\/(?:[a-z0-9.+-]+\+)?json(?:\s*;|\s*$)/i;
  const others = types.filter((type) => type !== "application/json");
  return async function check(context, next) {
    const type = context.req.header("content-type") ?? "";
    const plain = type.split(";", 1)[0]!.trim().toLowerCase();
    if (isJson.test(type) || others.includes(plain)) return await next();
    return respondFailure(context, {
      error: `read body: the content type is not ${
        others.length === 0 ? "JSON" : "one of those taken here"
      }`,
      code: "invalid_input",
      stage: "request",
      suggestion: `Send content-type: ${types.join(" or ")}.`,
      executionTimeMs: elapsedMs(context),
    }, { status: 415, headers: { accept: types.join(", ") } });
  };
}
