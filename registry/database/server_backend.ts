import { connect, type Socket } from "node:net";
import { AirlockError } from "../../spec/errors.ts";
import type { Backend, ServerAddress } from "./backend.ts";

/** How a server is connected to. */
export interface ServerBackendOptions {
  /** A connection on which nothing is heard for so long is given up; `null` for never. */
  readonly silenceMs: number | null;
  /** Monotonic. */
  readonly nowMs?: () => number;
}

/** Longest wait for a server to take a connection. */
const CONNECT_MS = 5_000;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Connects to a PostgreSQL server. While it is away, connections are refused at once and it is tried
 * again after growing pauses, so that no query waits for what is not there.
 */
export function createServerBackend(options: ServerBackendOptions): Backend {
  const nowMs = options.nowMs ?? (() => performance.now());
  let failures = 0;
  let retryAtMs = 0;
  return {
    kind: "postgres",
    async connect(address) {
      const waitMs = retryAtMs - nowMs();
      if (waitMs > 0) throw away({ retryAfterMs: waitMs });
      try {
        const socket = await connectWithin(address, CONNECT_MS);
        failures = 0;
        if (options.silenceMs !== null) giveUpAfter(socket, options.silenceMs);
        return socket;
      } catch (cause) {
        const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
        failures++;
        retryAtMs = nowMs() + pauseMs;
        throw away({ retryAfterMs: pauseMs, cause });
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function away(options: { readonly retryAfterMs: number; readonly cause?: unknown }): AirlockError {
  return new AirlockError("upstream_failed", "Asking the database: the server is not reachable", {
    suggestion: "Start it, or correct AIRLOCK_DATABASE_URL; `airlock db status` tries it.",
    ...options,
  });
}

function connectWithin(address: ServerAddress, timeoutMs: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const [host, port] = [address.host[0], address.port[0]];
  const socket = address.path
    ? connect({ path: address.path })
    : connect({ host, port: port ?? 5432 });
  const timer = setTimeout(() => socket.destroy(new Error("no answer in time")), timeoutMs);
  socket.once("connect", () => {
    clearTimeout(timer);
    socket.off("error", reject);
    // For the name that a certificate is checked against.
    resolve(Object.assign(socket, { host, port }));
  });
  socket.once("error", reject);
  socket.once("close", () => clearTimeout(timer));
  return promise;
}

/** Deadlines of statements are the server's: one that has stopped keeps none. */
function giveUpAfter(socket: Socket, silenceMs: number): void {
  socket.setTimeout(silenceMs, () => socket.destroy());
}
