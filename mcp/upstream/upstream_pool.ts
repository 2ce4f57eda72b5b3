import { untilAborted } from "../../runtime/pool/until_aborted.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { McpAbility } from "../../spec/mcp_asking.ts";
import { Backoff } from "./backoff.ts";
import type { ConnectAttempt } from "./connect_upstream.ts";
import type { CheckedFetch } from "./sign_in/checked_fetch.ts";
import type { Upstream, UpstreamChange } from "./upstream.ts";
import { isSessionGone, statusOf } from "./upstream_errors.ts";
import type { UpstreamLimits } from "./upstream_limits.ts";
import { connectionKey, type UpstreamPlace, type UpstreamTarget } from "./upstream_target.ts";

/** What an {@linkcode UpstreamPool} is made of. */
export interface UpstreamPoolOptions {
  readonly connect: (place: UpstreamPlace, abilities?: readonly McpAbility[]) => ConnectAttempt;
  /** Lets through what may be connected to at all. @throws {AirlockError} `permission_denied`. */
  readonly check: (place: UpstreamPlace) => void;
  /** Asks authorisation servers. */
  readonly checkedFetch: CheckedFetch;
  readonly limits: UpstreamLimits;
  readonly nowMs: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** What connections are shared by; for tests of what that keeps apart. */
  readonly keyOf?: (target: UpstreamTarget) => string;
}

/** What is done with a connection. */
export interface UpstreamUse<T> {
  readonly work: (upstream: Upstream) => Promise<T>;
  readonly signal: AbortSignal;
}

interface Slot {
  readonly key: string;
  readonly tenant: string;
  readonly opening: Promise<Upstream>;
  upstream: Upstream | undefined;
  users: number;
  /** When the last use of it ended. */
  restsSinceMs: number;
  /** Looks whether it has been unused for long enough; runs on while it is used. */
  idle: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Connections to other servers, opened when one is used and closed when nobody does for a while. One is
 * shared by calls of one account with the same credentials, and by no others.
 */
export class UpstreamPool implements AsyncDisposable {
  readonly #options: UpstreamPoolOptions;
  /** In order of use. */
  readonly #slots = new Map<string, Slot>();
  readonly #backoff: Backoff;
  readonly #closing = new Set<Promise<void>>();
  #isClosed = false;
  /** Told what servers say to have changed. */
  onChange: (target: UpstreamTarget, change: UpstreamChange) => void = () => {};

  constructor(options: UpstreamPoolOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options);
  }

  /** Connections that are open or being opened. */
  get size(): number {
    return this.#slots.size;
  }

  /**
   * Does something with a connection, opened now where there is none. A session that the server has
   * forgotten is begun anew, once.
   * @throws {AirlockError} `upstream_failed` at once while a server is left alone after it failed;
   * `pool_exhausted`; and whatever connecting or `work` throws.
   */
  async use<T>(target: UpstreamTarget, { work, signal }: UpstreamUse<T>): Promise<T> {
    const first = this.#enter(target);
    const reused = first.upstream !== undefined;
    try {
      return await this.#run(first, { work, signal });
    } catch (error) {
      // It was refused before anything was done with it.
      if (!reused || !isSessionGone(error)) throw error;
      this.#drop(first);
    }
    return await this.#run(this.#enter(target), { work, signal });
  }

  /**
   * Lets through a place that may be connected to at all.
   * @throws {AirlockError} `permission_denied`.
   */
  check(place: UpstreamPlace): void {
    this.#options.check(place);
  }

  /** Asks addresses that servers name for signing in; each is checked as a server's own is. */
  get checkedFetch(): CheckedFetch {
    return this.#options.checkedFetch;
  }

  /** Begins a connection of its own, which the caller closes: to look at a server. */
  attempt(place: UpstreamPlace): ConnectAttempt {
    return this.#options.connect(place);
  }

  /** Closes all connections; what still runs on them fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const slot of [...this.#slots.values()]) this.#drop(slot);
    await Promise.all(this.#closing);
  }

  async #run<T>(slot: Slot, { work, signal }: UpstreamUse<T>): Promise<T> {
    slot.users++;
    try {
      return await work(await untilAborted(slot.opening, signal));
    } finally {
      slot.users--;
      if (slot.upstream?.isClosed) this.#drop(slot);
      else if (slot.users === 0) this.#rest(slot);
    }
  }

  #enter(target: UpstreamTarget): Slot {
    if (this.#isClosed) throw stopping();
    const key = this.#keyFor(target);
    const known = this.#slots.get(key);
    if (known !== undefined && !known.upstream?.isClosed) {
      this.#slots.delete(key);
      this.#slots.set(key, known);
      return known;
    }
    if (known !== undefined) this.#drop(known);
    const waitMs = this.#backoff.waitMs(key);
    if (waitMs > 0) throw resting(waitMs);
    this.#makeRoom(target.tenant);
    return this.#open(key, target);
  }

  /** Whom a question is for is clear where only the call that brings it up uses the connection. */
  #keyFor(target: UpstreamTarget): string {
    const key = (this.#options.keyOf ?? connectionKey)(target);
    if (target.client?.isMany !== true) return key;
    let lane = key;
    for (let at = 1; (this.#slots.get(lane)?.users ?? 0) > 0; at++) lane = `${key}#${at}`;
    return lane;
  }

  #open(key: string, target: UpstreamTarget): Slot {
    const opening = this.#options.connect(target.place, target.client?.abilities).upstream;
    const slot: Slot = {
      key,
      tenant: target.tenant,
      opening,
      upstream: undefined,
      users: 0,
      restsSinceMs: 0,
      idle: undefined,
    };
    this.#slots.set(key, slot);
    opening.then((upstream) => {
      slot.upstream = upstream;
      upstream.onChange = (change) => this.onChange(target, change);
      this.#backoff.succeeded(key);
    }, (error) => {
      // Whoever signs in comes back with something else.
      if (statusOf(error) !== 401) this.#backoff.failed(key);
      this.#drop(slot);
    });
    return slot;
  }

  /** Those that nobody uses make room for others, the longest unused first. */
  #makeRoom(tenant: string): void {
    const { connections, connectionsPerTenant } = this.#options.limits;
    const own = [...this.#slots.values()].filter((slot) => slot.tenant === tenant);
    if (own.length >= connectionsPerTenant) this.#evict(own, "connectionsPerTenant");
    if (this.#slots.size >= connections) this.#evict([...this.#slots.values()], "connections");
  }

  #evict(slots: readonly Slot[], limit: "connections" | "connectionsPerTenant"): void {
    const unused = slots.find(({ users, upstream }) => users === 0 && upstream !== undefined);
    if (unused === undefined) throw full(limit, this.#options.limits[limit]);
    this.#drop(unused);
  }

  #rest(slot: Slot): void {
    if (this.#slots.get(slot.key) !== slot) return;
    slot.restsSinceMs = this.#options.nowMs();
    slot.idle ??= setTimeout(() => this.#endRest(slot), this.#options.limits.idleMs);
  }

  /** One timer for many uses: set for each of them, it would cost more than finding the connection. */
  #endRest(slot: Slot): void {
    slot.idle = undefined;
    if (slot.users > 0) return;
    const { limits: { idleMs }, nowMs } = this.#options;
    const leftMs = slot.restsSinceMs + idleMs - nowMs();
    if (leftMs < 1) this.#drop(slot);
    else slot.idle = setTimeout(() => this.#endRest(slot), leftMs);
  }

  #drop(slot: Slot): void {
    clearTimeout(slot.idle);
    if (this.#slots.get(slot.key) === slot) this.#slots.delete(slot.key);
    // Where it never opened, whoever connected has cleaned up.
    const closed = slot.opening.then((upstream) => upstream[Symbol.asyncDispose]()).catch(() => {});
    this.#closing.add(closed);
    void closed.then(() => this.#closing.delete(closed));
  }
}

function resting(waitMs: number): AirlockError {
  return new AirlockError("upstream_failed", "connect to MCP server: it failed a moment ago", {
    stage: "execute",
    suggestion: "Try again later; `airlock mcp test` shows how the server is.",
    retryAfterMs: Math.ceil(waitMs),
  });
}

function full(limit: string, value: number): AirlockError {
  return new AirlockError(
    "pool_exhausted",
    `connect to MCP server: ${value} connections are in use`,
    {
      stage: "acquire",
      suggestion: "Try again when other calls have ended.",
      details: { limit: `mcp.${limit}`, value },
    },
  );
}

function stopping(): AirlockError {
  return new AirlockError("shutting_down", "connect to MCP server: the gateway is stopping");
}
