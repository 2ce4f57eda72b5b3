import type { Logger } from "@logtape/logtape";
import type { ErrorHandler, NotFoundHandler } from "hono";
import { AirlockError } from "../spec/errors.ts";
import { elapsedMs } from "./elapsed_ms.ts";
import { failureOf } from "./failure_body.ts";
import type { GatewayEnv } from "./gateway_env.ts";
import { respondFailure } from "./respond_failure.ts";

/** Answers whatever a handler throws. What was not raised on purpose is logged and told as `internal`. */
export function handleFailure(logger: Logger): ErrorHandler<GatewayEnv> {
  return (error, context) => {
    if (error instanceof AirlockError) {
      return respondFailure(context, failureOf(error, elapsedMs(context)));
    }
    logger.error("handle request: {error}", { error, requestId: context.get("requestId") });
    return respondFailure(context, {
      error: "handle request: the gateway failed",
      code: "internal",
      stage: "request",
      suggestion: "Report this with the request id.",
      executionTimeMs: elapsedMs(context),
    });
  };
}

/** Answers paths that are not there with 404, and methods that a path does not have with 405. */
export function handleUnknownRoute(
  routes: () => readonly { readonly path: string; readonly method: string }[],
): NotFoundHandler<GatewayEnv> {
  return (context) => {
    const methods = routes()
      .filter((route) => route.path === context.req.path && route.method !== "ALL")
      .map((route) => route.method);
    const allow = [...new Set(methods)].join(", ");
    const status = allow === "" ? 404 : 405;
    return respondFailure(context, {
      error: allow === ""
        ? "find route: no such path"
        : "find route: the path takes another method",
      code: "invalid_input",
      stage: "request",
      suggestion: allow === "" ? "See /docs for every path." : `Use ${allow}.`,
      executionTimeMs: elapsedMs(context),
    }, { status, headers: allow === "" ? {} : { allow } });
  };
}
