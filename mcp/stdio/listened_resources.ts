import type { JSONRPCMessage, RequestId } from "@modelcontextprotocol/server";
import { wantedUris } from "../changes/listen_bus.ts";
import type { ResourceWatcher } from "../server/serve_library.ts";

/** Most requests to listen whose resources are watched. */
const MAX_LISTENERS = 64;

/**
 * Watches the resources that a client of revision 2026-07-28 listens for: the SDK sends it what is
 * told, and keeps to itself what it asked for.
 */
export class ListenedResources {
  readonly #watcher: ResourceWatcher;
  readonly #listeners = new Map<RequestId, readonly string[]>();

  constructor(watcher: ResourceWatcher) {
    this.#watcher = watcher;
  }

  /** Looks at a message of the client. */
  hear(message: JSONRPCMessage): void {
    if (!("method" in message)) return;
    if (message.method === "notifications/cancelled") {
      this.#end(message.params?.["requestId"] as RequestId);
    } else if (message.method === "subscriptions/listen" && "id" in message) {
      this.#begin(message.id, wantedUris(message));
    }
  }

  #begin(id: RequestId, uris: readonly string[]): void {
    if (this.#listeners.size >= MAX_LISTENERS || this.#listeners.has(id)) return;
    this.#listeners.set(id, uris);
    for (const uri of uris) {
      // What is not there, or not seen, has no changes.
      this.#watcher.watch(uri).catch(() => {});
    }
  }

  #end(id: RequestId): void {
    const uris = this.#listeners.get(id) ?? [];
    this.#listeners.delete(id);
    const others = new Set([...this.#listeners.values()].flat());
    for (const uri of uris) if (!others.has(uri)) this.#watcher.unwatch(uri);
  }
}
