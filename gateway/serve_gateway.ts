import type { Hono } from "hono";
import { AirlockError } from "../spec/errors.ts";
import type { DrainGate } from "./drain_gate.ts";
import type { GatewayEnv } from "./gateway_env.ts";

/** Time that answers get to be written once calls were told to stop. */
const LAST_WORDS_MS = 1_000;

/** A listening gateway. */
export interface ServedGateway {
  /** Where it listens, without a trailing slash. */
  readonly url: string;
  /**
   * Turns new calls away with `shutting_down` while running ones finish, then closes. Calls still
   * running after `drainMs`, or when `force` aborts, are aborted.
   */
  drain(drainMs: number, force?: AbortSignal): Promise<void>;
}

/** Options of {@linkcode serveGateway}. */
export interface ServeGatewayOptions {
  readonly host: string;
  readonly port: number;
  readonly gate: DrainGate;
}

/**
 * Listens until drained.
 * @throws {AirlockError} `invalid_input` when the address cannot be had.
 */
export function serveGateway(app: Hono<GatewayEnv>, options: ServeGatewayOptions): ServedGateway {
  const { host, port, gate } = options;
  const abort = new AbortController();
  const server = listen(app, { host, port, signal: abort.signal });
  const name = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : bracketed(host);
  return {
    url: `http://${name}:${server.addr.port}`,
    async drain(drainMs, force) {
      await gate.close(drainMs, force);
      if (force?.aborted) {
        abort.abort();
        return await server.finished;
      }
      // A caller that does not read its answer must not hold up the end. Its connection ends with
      // the process: once a shutdown has begun, Deno has no way to cut one off.
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, LAST_WORDS_MS);
      await Promise.race([server.shutdown(), late.promise]);
      clearTimeout(timer);
    },
  };
}

function listen(
  app: Hono<GatewayEnv>,
  { host, port, signal }: { host: string; port: number; signal: AbortSignal },
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve(
      { hostname: host, port, signal, onListen: () => {} },
      (request, info) => app.fetch(request, { address: info.remoteAddr.hostname }),
    );
  } catch (error) {
    // Taken, not ours, not allowed, not a name: they share no class, and differ in words only.
    const reason = error instanceof Error ? error.message : String(error);
    throw new AirlockError("invalid_input", `listen: ${host}:${port} cannot be had (${reason})`, {
      stage: "request",
      suggestion: "Choose another AIRLOCK_PORT or AIRLOCK_HOST.",
      cause: error,
    });
  }
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host.replace(/^\[|\]$/g, "")}]` : host;
}
