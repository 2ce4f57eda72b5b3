import type { Context, MiddlewareHandler } from "hono";
import type { Authenticate } from "../../accounts/authenticate.ts";
import { ANONYMOUS_CALLER } from "../../accounts/owner_caller.ts";
import type { Caller } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { GatewayEnv } from "../gateway_env.ts";
import { BRIDGE_PATH, withQueryToken } from "../bridge/with_query_token.ts";
import { mcpEndpointOf } from "../oauth/mcp_endpoint.ts";

/** Options of {@linkcode authenticate}. */
export interface AuthenticateRequestOptions {
  readonly authenticate: Authenticate;
  /** Origins whose pages may act for whoever is signed in. */
  readonly origins: readonly string[];
}

/** Where clients come that have no key yet: what they send is no key, and nobody's to be refused for. */
const CLIENT_PATHS: ReadonlySet<string> = new Set([
  ...["/oauth/token", "/oauth/register", "/oauth/revoke", "/oauth/device/code"],
]);

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Finds out who sends a request, for whatever comes after: `caller`, and the account as `tenant`.
 * Cookies go with requests of any page: those that change something have to come from our own.
 * @throws {AirlockError} `unauthenticated`, `permission_denied`, `upstream_failed`, `rate_limited`.
 */
export function authenticate(options: AuthenticateRequestOptions): MiddlewareHandler<GatewayEnv> {
  const admit = (context: Context<GatewayEnv>, caller: Caller) => {
    const { req } = context;
    if (caller.endpoint !== undefined && mcpEndpointOf(req.path)?.path !== caller.endpoint) {
      throw otherResource();
    }
    if (caller.kind === "user" && !SAFE_METHODS.has(req.method)) {
      requireOwnPage(req.raw.headers, [new URL(req.url).origin, ...options.origins]);
    }
    context.set("caller", caller);
    context.set("tenant", caller.tenant);
  };
  return function authenticateRequest(context, next) {
    const { path, raw } = context.req;
    const caller = CLIENT_PATHS.has(path)
      ? ANONYMOUS_CALLER
      : options.authenticate(path === BRIDGE_PATH ? withQueryToken(raw) : raw.headers);
    if (caller instanceof Promise) {
      return caller.then((caller) => {
        admit(context, caller);
        return next();
      });
    }
    admit(context, caller);
    return next();
  };
}

/** Browsers say where such a request comes from; what says nothing is none, and has no cookies to lend. */
function requireOwnPage(headers: Headers, origins: readonly string[]): void {
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  const isOwn = origin === null
    ? site === null || site === "same-origin" || site === "none"
    : origins.includes(origin);
  if (isOwn) return;
  throw new AirlockError("permission_denied", "check caller: another page acts for the session", {
    stage: "request",
    suggestion: "List the page's origin in AIRLOCK_CORS_ORIGINS, or send an API key.",
  });
}

/** A token is for one resource (RFC 8707): whoever else is shown it must not be able to use it here. */
function otherResource(): AirlockError {
  return new AirlockError("unauthenticated", "authenticate: the token is for another endpoint", {
    stage: "request",
    suggestion: "Sign in for this endpoint, or use an API key.",
  });
}
