import type { Client, SubscriptionFilter } from "@modelcontextprotocol/client";
import type { UpstreamLimits } from "./upstream_limits.ts";

/** What resources of one server are watched with. */
export interface UpstreamWatchesOptions {
  readonly client: Client;
  readonly limits: Pick<UpstreamLimits, "listTimeoutMs">;
  /** Told of changes of what is watched. */
  readonly onUpdated: (uri: string) => void;
}

/** Changes of one resource within this are told as one. */
const PACE_MS = 100;

/**
 * Resources of one connection that the server tells changes of: older servers are asked for each, those
 * of revision 2026-07-28 over one stream for all.
 */
export class UpstreamWatches implements Disposable {
  readonly #options: UpstreamWatchesOptions;
  readonly #uris = new Set<string>();
  readonly #paced = new Map<string, ReturnType<typeof setTimeout>>();
  #listening: Promise<{ close(): Promise<void> | void } | undefined> = Promise.resolve(undefined);

  constructor(options: UpstreamWatchesOptions) {
    this.#options = options;
    options.client.setNotificationHandler("notifications/resources/updated", ({ params }) => {
      this.#hear(params.uri);
    });
  }

  /** Has a server of the newest protocol tell when its lists change, as older ones do by themselves. */
  async start(): Promise<void> {
    if (this.#options.client.getProtocolEra() === "modern") await this.#listen();
  }

  /** Tells nobody any more. */
  [Symbol.dispose](): void {
    for (const timer of this.#paced.values()) clearTimeout(timer);
    this.#paced.clear();
  }

  /** A server may say more than it was asked, and as often as it likes. */
  #hear(uri: string): void {
    if (!this.#uris.has(uri) || this.#paced.has(uri)) return;
    const timer = setTimeout(() => {
      this.#paced.delete(uri);
      this.#options.onUpdated(uri);
    }, PACE_MS);
    this.#paced.set(uri, timer);
  }

  /** @throws what the SDK throws where the server does not do that. */
  async begin(uri: string, signal: AbortSignal): Promise<void> {
    const { client, limits } = this.#options;
    this.#uris.add(uri);
    if (client.getProtocolEra() === "modern") return await this.#listen();
    await client.subscribeResource({ uri }, { signal, timeout: limits.listTimeoutMs });
  }

  /** @throws what the SDK throws. */
  async end(uri: string): Promise<void> {
    const { client, limits } = this.#options;
    this.#uris.delete(uri);
    if (client.getProtocolEra() === "modern") return await this.#listen();
    await client.unsubscribeResource({ uri }, { timeout: limits.listTimeoutMs });
  }

  /** One after the other: each stream takes the place of the one before. */
  async #listen(): Promise<void> {
    const { client } = this.#options;
    const before = this.#listening;
    const listening = before.catch(() => undefined).then(async (subscription) => {
      const wanted = this.#wanted();
      const next = Object.keys(wanted).length === 0 ? undefined : await client.listen(wanted);
      await subscription?.close();
      return next;
    });
    this.#listening = listening;
    await listening;
  }

  #wanted(): SubscriptionFilter {
    const { tools, resources, prompts } = this.#options.client.getServerCapabilities() ?? {};
    const uris = [...this.#uris];
    return {
      ...(tools?.listChanged && { toolsListChanged: true }),
      ...(resources?.listChanged && { resourcesListChanged: true }),
      ...(prompts?.listChanged && { promptsListChanged: true }),
      ...(uris.length > 0 && { resourceSubscriptions: uris }),
    };
  }
}
