import { followChanges, type FollowedChanges, MAX_WATCHED } from "../changes/follow_changes.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { McpChanges } from "../../spec/mcp_changes.ts";
import type { McpAudience } from "../../spec/mcp_source.ts";
import type { SessionKey } from "./session_key.ts";
import { SseTransport } from "./sse_transport.ts";

/** Bounds on streams of changes. */
export interface StreamBounds {
  readonly maxStreams: number;
  readonly maxStreamsPerOwner: number;
  /** Sessions of which it is remembered what they watch. */
  readonly maxSessions: number;
  readonly heartbeatMs: number;
  readonly maxWaitingBytes: number;
  /** A stream ends after this; whoever opens the next one shows anew that it may. */
  readonly maxMs: number;
}

/** As much as one gateway holds. */
export const STREAM_BOUNDS: StreamBounds = {
  maxStreams: 4_000,
  maxStreamsPerOwner: 2_000,
  maxSessions: 10_000,
  heartbeatMs: 15_000,
  maxWaitingBytes: 256 * 1024,
  maxMs: 15 * 60_000,
};

interface Stream {
  readonly owner: string;
  readonly transport: SseTransport;
  readonly followed: FollowedChanges;
}

/**
 * Streams on which clients of the session era are told of changes: one for each session. What a session
 * watches counts while it has a stream here; without one it is only remembered.
 */
export class SessionStreams implements Disposable {
  readonly #changes: McpChanges;
  readonly #bounds: StreamBounds;
  readonly #streams = new Map<string, Stream>();
  readonly #watched = new Map<string, Set<string>>();

  constructor(changes: McpChanges, bounds: StreamBounds = STREAM_BOUNDS) {
    this.#changes = changes;
    this.#bounds = bounds;
  }

  /** Streams that are open. */
  get size(): number {
    return this.#streams.size;
  }

  /** Opens the stream of a session, in place of an older one; `null` where there are too many. */
  open(key: SessionKey, audience: McpAudience): Response | null {
    const { owner, sessionId } = key;
    const { maxStreams, maxStreamsPerOwner, heartbeatMs, maxWaitingBytes, maxMs } = this.#bounds;
    const id = text(key);
    this.#close(id);
    const own = [...this.#streams.values()].filter((one) => one.owner === owner).length;
    if (own >= maxStreamsPerOwner || this.#streams.size >= maxStreams) return null;
    const transport = new SseTransport({ sessionId, heartbeatMs, maxWaitingBytes });
    const followed = followChanges(this.#changes, {
      audience,
      // Whoever does not read any more is noticed by the transport.
      notify: (notification) => void transport.send({ jsonrpc: "2.0", ...notification }),
    });
    const timer = setTimeout(() => void transport.close(), maxMs);
    this.#streams.set(id, { owner, transport, followed });
    transport.onclose = () => {
      clearTimeout(timer);
      followed[Symbol.dispose]();
      if (this.#streams.get(id)?.transport === transport) this.#streams.delete(id);
    };
    void transport.start();
    for (const uri of this.#watched.get(id) ?? []) {
      // It may have gone since: then there is nothing to be told.
      followed.watch(uri).catch(() => {});
    }
    return new Response(transport.body, {
      headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
    });
  }

  /**
   * Notes that a session watches a resource.
   * @throws {AirlockError} `not_found`, `resource_limit`.
   */
  async watch(
    key: SessionKey,
    { audience, uri }: { readonly audience: McpAudience; readonly uri: string },
  ): Promise<void> {
    const id = text(key);
    const stream = this.#streams.get(id);
    if (stream !== undefined) await stream.followed.watch(uri);
    else (await this.#changes.watch(audience, uri))[Symbol.dispose]();
    const watched = this.#watched.get(id) ?? new Set();
    if (watched.size >= MAX_WATCHED) throw tooMany();
    this.#watched.delete(id);
    this.#watched.set(id, watched.add(uri));
    const [oldest] = this.#watched.keys();
    if (this.#watched.size > this.#bounds.maxSessions && oldest !== undefined) {
      this.#watched.delete(oldest);
    }
  }

  unwatch(key: SessionKey, uri: string): void {
    const id = text(key);
    this.#streams.get(id)?.followed.unwatch(uri);
    const watched = this.#watched.get(id);
    watched?.delete(uri);
    if (watched?.size === 0) this.#watched.delete(id);
  }

  /** Forgets a session. */
  end(key: SessionKey): void {
    this.#watched.delete(text(key));
    this.#close(text(key));
  }

  [Symbol.dispose](): void {
    for (const id of [...this.#streams.keys()]) this.#close(id);
  }

  #close(id: string): void {
    void this.#streams.get(id)?.transport.close();
  }
}

function text({ owner, sessionId }: SessionKey): string {
  return JSON.stringify([owner, sessionId]);
}

function tooMany(): AirlockError {
  return new AirlockError("resource_limit", `watch resource: ${MAX_WATCHED} are watched already`, {
    stage: "request",
    suggestion: "Unsubscribe from others first.",
    details: { limit: "mcp.watched", value: MAX_WATCHED },
  });
}
