import { notFound } from "../../accounts/require_permission.ts";
import { readSharedUri, sharedUri } from "../../mcp/library/shared_uri.ts";
import type { UpstreamChange } from "../../mcp/upstream/upstream.ts";
import type { UpstreamTarget } from "../../mcp/upstream/upstream_target.ts";
import type { McpChange, McpChanges } from "../../spec/mcp_changes.ts";
import type { McpAudience } from "../../spec/mcp_source.ts";
import { type McpCollections, SERVED_BOUNDS } from "./mcp_collections.ts";
import { pauseFor } from "./pause_for.ts";
import type { RemoteReach } from "./remote_reach.ts";
import { RemoteWatches } from "./remote_watches.ts";

/** What changes are told of with. */
export interface ChangeDeskOptions {
  readonly reach: Pick<RemoteReach, "librariesFor" | "stay">;
  readonly collections: Pick<McpCollections, "servedTo">;
  readonly stop: AbortSignal;
  /** How long lists may be remembered as they were. */
  readonly settleMs?: number;
}

interface Follower {
  readonly audience: McpAudience;
  readonly tell: (change: McpChange) => void;
}

/** Tells clients what has changed of what they are served, as far as this gateway hears of it. */
export class ChangeDesk implements McpChanges {
  readonly #options: ChangeDeskOptions;
  readonly #watches: RemoteWatches;
  readonly #followers = new Set<Follower>();
  /** Collections that changed a moment ago. */
  readonly #settling = new Set<string>();

  constructor(options: ChangeDeskOptions) {
    this.#options = options;
    this.#watches = new RemoteWatches(options);
  }

  follow(audience: McpAudience, tell: (change: McpChange) => void): Disposable {
    const follower = { audience, tell };
    this.#followers.add(follower);
    return { [Symbol.dispose]: () => void this.#followers.delete(follower) };
  }

  async watch(audience: McpAudience, uri: string): Promise<Disposable> {
    const owned = readSharedUri(uri);
    const servers = await this.#options.reach.librariesFor(audience);
    const served = servers.find(({ server: { row } }) => row.id === owned?.serverId);
    if (owned === null || served === undefined) throw notFound("server");
    return this.#watches.begin(served, { caller: audience.caller, uri: owned.uri });
  }

  /**
   * Lists of a collection are otherwise. Tells everybody who is still served it, as soon as whoever asks
   * then gets the new ones, here and elsewhere.
   */
  listsChanged(collectionId: string): void {
    const { stop, settleMs = SERVED_BOUNDS.freshMs + 100 } = this.#options;
    if (this.#settling.has(collectionId)) return;
    this.#settling.add(collectionId);
    void pauseFor(settleMs, stop).then(() => {
      this.#settling.delete(collectionId);
      for (const kind of ["tools", "resources", "prompts"] as const) {
        this.#tell({ kind }, (audience) => this.#isServed(audience, collectionId));
      }
    });
  }

  /** What another server says has changed on a connection of one account: for that account alone. */
  serverChanged({ serverId, tenant }: UpstreamTarget, change: UpstreamChange): void {
    if (change.kind !== "resource") return;
    const uri = sharedUri({ serverId, uri: change.uri });
    this.#tell({ kind: "resource", uri }, async (audience) => {
      if (audience.caller.tenant !== tenant) return false;
      const servers = await this.#options.reach.librariesFor(audience);
      return servers.some(({ server: { row } }) => row.id === serverId);
    });
  }

  #tell(change: McpChange, isFor: (audience: McpAudience) => Promise<boolean>): void {
    for (const follower of this.#followers) {
      isFor(follower.audience).then((isTold) => {
        // It may have left meanwhile.
        if (isTold && this.#followers.has(follower)) follower.tell(change);
      }, () => {
        // Not served any more, or not known now: nothing to be told.
      });
    }
  }

  async #isServed({ caller, collectionId }: McpAudience, changed: string): Promise<boolean> {
    if (collectionId !== null && collectionId !== changed) return false;
    const served = await this.#options.collections.servedTo(caller, collectionId);
    return served.some(({ id }) => id === changed);
  }
}
