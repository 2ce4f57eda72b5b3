import type { Duplex } from "node:stream";
import { guestSocketPath } from "./guest_socket.ts";
import type { PgliteNotices } from "./pglite_notices.ts";
import { errorResponse } from "./protocol_messages.ts";
import { waitFor } from "./wait_for.ts";

/** Most connections of other processes at once; a command has up to five. */
const MAX_GUESTS = 64;

const READ_BYTES = 64 * 1024;

/** A guest that has so much to read is not heard before it has read. */
const MAX_UNREAD_BYTES = 1024 * 1024;

/** How long nobody is let in after that has failed: a process that is out of files may have some again. */
const ACCEPT_PAUSE_MS = 100;

/** PostgreSQL's `too_many_connections` and `cannot_connect_now`. */
const TOO_MANY = "53300";
const CANNOT_CONNECT = "57P03";

/** Options of {@linkcode openGuestDoor}. */
export interface GuestDoorOptions {
  readonly notices: PgliteNotices;
  /** A connection to PGlite, which this may open. */
  connect(): Promise<Duplex>;
}

/**
 * Lets other processes of the same user use the PGlite in this one, over a socket in its directory that
 * nobody else may open: commands work while a gateway runs. The caller has the directory's lock, so
 * what lies there is of a process that has ended. `undefined` where no socket can be made.
 */
export function openGuestDoor(
  directory: string,
  { notices, connect }: GuestDoorOptions,
): AsyncDisposable | undefined {
  const listener = listen(directory);
  if (listener === undefined) return undefined;
  const guests = new Map<Deno.Conn, Promise<void>>();
  const closing = new AbortController();
  const serve = async (guest: Deno.Conn) => {
    if (guests.size >= MAX_GUESTS) return await turnAway(guest, "too many connections", TOO_MANY);
    let line: Duplex;
    try {
      line = await connect();
    } catch (error) {
      return await turnAway(guest, error instanceof Error ? error.message : "", CANNOT_CONNECT);
    }
    using _relay = notices.relay(line);
    // Also while it waits for its turn, which never comes any more.
    const end = () => void line.destroy();
    closing.signal.addEventListener("abort", end, { once: true });
    if (closing.signal.aborted) end();
    try {
      // One end gone is the end of both: what a guest left open is then rolled back.
      await join(guest, line);
    } finally {
      closing.signal.removeEventListener("abort", end);
      end();
    }
  };
  const accepting = (async () => {
    for await (const guest of guestsOf(listener, closing.signal)) {
      // Whatever breaks between two processes is the end of that connection, and told by it.
      const served = serve(guest).catch(() => {}).finally(() => {
        guests.delete(guest);
        close(guest);
      });
      guests.set(guest, served);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      closing.abort();
      listener.close();
      await accepting;
      for (const guest of guests.keys()) close(guest);
      await Promise.all(guests.values());
    },
  };
}

function listen(directory: string): Deno.Listener<Deno.Conn> | undefined {
  const path = guestSocketPath(directory);
  if (path === undefined) return undefined;
  // No moment at which somebody else might open it.
  const before = Deno.umask(0o177);
  try {
    Deno.removeSync(path);
  } catch {
    // Where there is none, as usual; what cannot be removed fails below.
  }
  try {
    return Deno.listen({ transport: "unix", path });
  } catch {
    // A file system without sockets: commands are told that the directory is in use.
    return undefined;
  } finally {
    Deno.umask(before);
  }
}

/** Whoever comes, until `signal` aborts. */
async function* guestsOf(
  listener: Deno.Listener<Deno.Conn>,
  signal: AbortSignal,
): AsyncGenerator<Deno.Conn> {
  while (!signal.aborted) {
    try {
      yield await listener.accept();
    } catch {
      // Closed, or out of files: nobody else's work may end of that.
      await waitFor(ACCEPT_PAUSE_MS, { signal });
    }
  }
}

/** Carries what both say to each other, until one of them has ended. */
async function join(guest: Deno.Conn, line: Duplex): Promise<void> {
  let taken = Promise.withResolvers<void>();
  const answer = async () => {
    for await (const bytes of line as AsyncIterable<Uint8Array>) {
      for (let from = 0; from < bytes.length;) from += await guest.write(bytes.subarray(from));
      taken.resolve();
      taken = Promise.withResolvers();
    }
  };
  const hear = async () => {
    const buffer = new Uint8Array(READ_BYTES);
    for (let count = await guest.read(buffer); count !== null; count = await guest.read(buffer)) {
      await write(line, buffer.slice(0, count));
      while (line.readableLength > MAX_UNREAD_BYTES) await taken.promise;
    }
  };
  await Promise.race([answer(), hear()]);
}

function write(line: Duplex, bytes: Uint8Array): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  line.write(bytes, (error) => error ? reject(error) : resolve());
  return promise;
}

async function turnAway(guest: Deno.Conn, message: string, code: string): Promise<void> {
  await guest.write(errorResponse(message, code));
}

function close(guest: Deno.Conn): void {
  try {
    guest.close();
  } catch {
    // It is closed already.
  }
}
