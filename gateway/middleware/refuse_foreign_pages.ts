import type { MiddlewareHandler } from "hono";
import { AirlockError } from "../../spec/errors.ts";
import type { GatewayEnv } from "../gateway_env.ts";

const LOOPBACK =
  /^(?:localhost|(?:[a-z0-9-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/** Options of {@linkcode refuseForeignPages}. */
export interface RefuseForeignPagesOptions {
  /** Origins that may call although they are not ours. */
  readonly corsOrigins: readonly string[];
  /** The gateway's own address, where it has one that is not of this machine. */
  readonly publicUrl?: string;
}

/**
 * Protects a gateway that asks for no key from web pages open on the same machine: the host must be a
 * loopback name (else a page has rebound its own name to this address), and a browser's origin must
 * be the gateway's own.
 * @throws {AirlockError} `permission_denied`.
 */
export function refuseForeignPages(
  options: RefuseForeignPagesOptions,
): MiddlewareHandler<GatewayEnv> {
  const { corsOrigins, publicUrl } = options;
  const own = publicUrl === undefined ? undefined : new URL(publicUrl);
  const origins = own === undefined ? corsOrigins : [...corsOrigins, own.origin];
  return function refuse(context, next) {
    const host = context.req.header("host") ?? new URL(context.req.url).host;
    if (!isLoopbackHost(host) && host !== own?.host) {
      throw refusal("the host is not a loopback name");
    }
    const origin = context.req.header("origin");
    if (origin !== undefined && !allowed(origin, host, origins)) {
      throw refusal("the request comes from another origin's page");
    }
    return next();
  };
}

/** Whether a host, with its port, is a name of this machine alone. */
export function isLoopbackHost(host: string): boolean {
  return LOOPBACK.test(host);
}

function allowed(origin: string, host: string, corsOrigins: readonly string[]): boolean {
  return origin === `http://${host}` || corsOrigins.includes(origin);
}

function refusal(state: string): AirlockError {
  return new AirlockError("permission_denied", `check caller: ${state}`, {
    stage: "request",
    suggestion: "Call by 127.0.0.1 or localhost, list the origin in AIRLOCK_CORS_ORIGINS, " +
      "or set AIRLOCK_API_KEY.",
  });
}
