/**
 * What stands before gateways in networks that let plain requests through and nothing else: for tests
 * only. Disposing closes it.
 */
export class NarrowFront implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #breaking = new Set<AbortController>();
  /** Refuses everything while it is set. */
  isBroken = false;
  /** Upgrades that were asked for. */
  upgrades = 0;

  constructor(target: string) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
      if (request.headers.has("upgrade")) {
        this.upgrades++;
        return new Response(null, { status: 502 });
      }
      return this.isBroken ? new Response(null, { status: 502 }) : this.#pass(request, target);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Ends what is under way, and refuses what comes. */
  break(): void {
    this.isBroken = true;
    for (const breaking of this.#breaking) breaking.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.break();
    await this.#server.shutdown();
  }

  async #pass(request: Request, target: string): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const stop = new AbortController();
    this.#breaking.add(stop);
    const { method, body, headers } = request;
    try {
      const signal = AbortSignal.any([stop.signal, request.signal]);
      return await fetch(`${target}${pathname}${search}`, { method, body, headers, signal });
    } catch {
      // It was broken, or whoever asked has gone.
      return new Response(null, { status: 502 });
    } finally {
      this.#breaking.delete(stop);
    }
  }
}
