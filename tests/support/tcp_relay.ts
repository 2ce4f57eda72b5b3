/** Longest wait for a port that others use. */
const MAX_PORT_WAIT_MS = 20_000;

/** A relay to a TCP server that can be cut, closed and silenced. Disposing closes it. */
export class TcpRelay implements AsyncDisposable {
  #listener: Deno.TcpListener;
  readonly port: number;
  readonly #target: Deno.ConnectOptions;
  readonly #open = new Set<Deno.TcpConn>();
  #running: Promise<void>;
  #silent = false;

  constructor(target: Deno.ConnectOptions) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#running = this.#accept();
  }

  /** What has come is kept from now on, in both directions. */
  silence(): void {
    this.#silent = true;
  }

  /** Ends every connection and takes no more. */
  async stop(): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open) close(connection);
    this.#open.clear();
    await this.#running;
  }

  /** Takes connections again, on the same port. */
  async restart(): Promise<void> {
    this.#silent = false;
    const deadlineMs = performance.now() + MAX_PORT_WAIT_MS;
    for (;;) {
      try {
        this.#listener = Deno.listen({ hostname: "127.0.0.1", port: this.port });
        break;
      } catch (error) {
        // Somebody's connection may have been given that port meanwhile.
        const isTaken = error instanceof Deno.errors.AddrInUse;
        if (!isTaken || performance.now() > deadlineMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    this.#running = this.#accept();
  }

  async #accept(): Promise<void> {
    const relays: Promise<void>[] = [];
    try {
      for await (const client of this.#listener) relays.push(this.#relay(client));
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
    await Promise.all(relays);
  }

  async #relay(client: Deno.TcpConn): Promise<void> {
    const server = await Deno.connect(this.#target);
    for (const connection of [client, server]) this.#open.add(connection);
    await Promise.all([this.#copy(client, server), this.#copy(server, client)]);
  }

  async #copy(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    try {
      for await (const chunk of from.readable) {
        while (this.#silent && this.#open.has(from)) await new Promise((go) => setTimeout(go, 10));
        let rest = chunk;
        while (rest.length > 0) rest = rest.subarray(await to.write(rest));
      }
    } catch {
      // One side is gone, so the other goes too.
    }
    for (const connection of [from, to]) close(connection);
    this.#open.delete(from);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // It was closed before, which is all that was wanted.
  }
}
