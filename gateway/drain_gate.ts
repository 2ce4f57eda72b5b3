import type { MiddlewareHandler } from "hono";
import { AirlockError } from "../spec/errors.ts";
import type { GatewayEnv } from "./gateway_env.ts";

/** Counts running calls, and turns new ones away once closed. */
export interface DrainGate {
  readonly closed: boolean;
  /** Calls that began and have not been answered in full. */
  readonly running: number;
  /** Aborts when calls that still run must stop. */
  readonly signal: AbortSignal;
  /** Middleware for routes that start work. */
  admit(): MiddlewareHandler<GatewayEnv>;
  /** Keeps the gate from counting as drained until the returned function is called. */
  hold(): () => void;
  /**
   * From now on new calls get `shutting_down`. Resolves when none is left, `graceMs` is over or
   * `force` aborts; calls that still run are then aborted.
   */
  close(graceMs: number, force?: AbortSignal): Promise<void>;
}

/** Makes an open gate. */
export function createDrainGate(): DrainGate {
  const stop = new AbortController();
  let closed = false;
  let running = 0;
  const emptied = Promise.withResolvers<void>();
  const leave = () => {
    running--;
    if (closed && running === 0) emptied.resolve();
  };
  const hold = () => {
    running++;
    let held = true;
    return () => {
      if (held) leave();
      held = false;
    };
  };
  return {
    get closed() {
      return closed;
    },
    get running() {
      return running;
    },
    signal: stop.signal,
    hold,
    admit: () => async (_context, next) => {
      if (closed) throw shuttingDown();
      const release = hold();
      try {
        await next();
      } finally {
        release();
      }
    },
    async close(graceMs, force) {
      closed = true;
      if (running > 0 && !force?.aborted) {
        const over = Promise.withResolvers<void>();
        const timer = setTimeout(over.resolve, graceMs);
        force?.addEventListener("abort", () => over.resolve(), { once: true });
        await Promise.race([emptied.promise, over.promise]);
        clearTimeout(timer);
      }
      stop.abort(stopped());
    },
  };
}

function shuttingDown(): AirlockError {
  return new AirlockError("shutting_down", "accept call: the gateway is stopping", {
    stage: "request",
    suggestion: "Send the call again shortly, or to another gateway.",
    retryAfterMs: 5_000,
  });
}

/** For a call that was under way: whoever sends it again has its tool begin again. */
function stopped(): AirlockError {
  return new AirlockError("shutting_down", "finish call: the gateway stopped before it was done", {
    stage: "execute",
    suggestion: "Send it again shortly, or to another gateway, if the tool may run twice.",
    retryAfterMs: 5_000,
  });
}
