import type { Upstream } from "../../mcp/upstream/upstream.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { Caller } from "../../spec/account.ts";
import { pauseFor } from "./pause_for.ts";
import type { RemoteReach, ServedServer } from "./remote_reach.ts";

/** Most resources that are watched at a time. */
const MAX_WATCHES = 2_000;
const MAX_WATCHES_PER_TENANT = 200;

/** How long it takes until a connection that broke is opened again. */
const RETRY_MS = 30_000;

interface Watch {
  readonly tenant: string;
  readonly stop: AbortController;
  watchers: number;
}

/** What resources of other servers are watched with. */
export interface RemoteWatchesOptions {
  readonly reach: Pick<RemoteReach, "stay">;
  readonly stop: AbortSignal;
}

/** Keeps connections open to servers of which somebody watches a resource: one watch for an account. */
export class RemoteWatches {
  readonly #options: RemoteWatchesOptions;
  readonly #watches = new Map<string, Watch>();

  constructor(options: RemoteWatchesOptions) {
    this.#options = options;
  }

  /**
   * Begins to watch a resource of a server, until disposed.
   * @throws {AirlockError} `resource_limit`.
   */
  begin(
    served: ServedServer,
    { caller, uri }: { readonly caller: Caller; readonly uri: string },
  ): Disposable {
    const { tenant } = caller;
    const id = JSON.stringify([tenant, served.server.row.id, uri]);
    const watch = this.#watches.get(id) ?? this.#start(id, served, { caller, uri });
    watch.watchers++;
    let isOver = false;
    return {
      [Symbol.dispose]: () => {
        if (isOver) return;
        isOver = true;
        if (--watch.watchers > 0) return;
        if (this.#watches.get(id) === watch) this.#watches.delete(id);
        watch.stop.abort(new DOMException("nobody watches any more", "AbortError"));
      },
    };
  }

  #start(
    id: string,
    served: ServedServer,
    { caller, uri }: { readonly caller: Caller; readonly uri: string },
  ): Watch {
    const { tenant } = caller;
    const own = [...this.#watches.values()].filter((watch) => watch.tenant === tenant).length;
    if (own >= MAX_WATCHES_PER_TENANT || this.#watches.size >= MAX_WATCHES) throw tooMany();
    const watch: Watch = { tenant, stop: new AbortController(), watchers: 0 };
    this.#watches.set(id, watch);
    void this.#keep(served, { caller, uri, signal: watch.stop.signal });
    return watch;
  }

  /** Watches, and again after the connection has ended, until nobody wants it any more. */
  async #keep(
    served: ServedServer,
    { caller, uri, signal }: {
      readonly caller: Caller;
      readonly uri: string;
      readonly signal: AbortSignal;
    },
  ): Promise<void> {
    const either = AbortSignal.any([signal, this.#options.stop]);
    while (!either.aborted) {
      try {
        await this.#options.reach.stay(served, {
          ...{ caller, signal: either },
          work: (upstream) => watchOn(upstream, { uri, signal: either }),
        });
      } catch {
        // It does not answer, or knows nothing of changes: nobody is told of any until it does.
      }
      await pauseFor(RETRY_MS, either);
    }
  }
}

/** Watches until the connection ends or the signal aborts. */
async function watchOn(
  upstream: Upstream,
  { uri, signal }: { readonly uri: string; readonly signal: AbortSignal },
): Promise<void> {
  await upstream.watch(uri, signal);
  const over = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => over.resolve(), { once: true });
  await Promise.race([over.promise, upstream.closed]);
  await upstream.unwatch(uri);
}

function tooMany(): AirlockError {
  return new AirlockError("resource_limit", "watch resource: too many are watched already", {
    stage: "request",
    suggestion: "Unsubscribe from others first.",
    details: { limit: "mcp.watches", value: MAX_WATCHES_PER_TENANT },
  });
}
