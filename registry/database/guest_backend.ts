import { connect, type Socket } from "node:net";
import { AirlockError } from "../../spec/errors.ts";
import type { Backend } from "./backend.ts";
import { guestSocketPath } from "./guest_socket.ts";

/**
 * The PGlite that another process has in this directory, used through that process; `undefined` where
 * none lets others in.
 */
export async function findGuestBackend(directory: string): Promise<Backend | undefined> {
  const path = guestSocketPath(directory);
  if (path === undefined) return undefined;
  let first: Socket | undefined;
  try {
    first = await open(path);
  } catch {
    return undefined;
  }
  return {
    kind: "pglite",
    async connect() {
      const socket = first;
      first = undefined;
      if (socket !== undefined && !socket.destroyed) return socket;
      return await open(path).catch((cause) => {
        throw ended(cause);
      });
    },
    [Symbol.asyncDispose]() {
      first?.destroy();
      return Promise.resolve();
    },
  };
}

function open(path: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ path });
  socket.once("connect", () => {
    socket.off("error", reject);
    resolve(socket);
  });
  socket.once("error", reject);
  return promise;
}

function ended(cause: unknown): AirlockError {
  return new AirlockError(
    "upstream_failed",
    "Asking the database: the process that has it has ended",
    { suggestion: "Start this again.", cause },
  );
}
