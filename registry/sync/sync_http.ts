import { AirlockError } from "../../spec/errors.ts";
import { followRedirects } from "../npm/follow_redirects.ts";
import type { RegistryTarget } from "../npm/npm_config.ts";
import { pause } from "../npm/pause.ts";
import { readBounded } from "../npm/read_bounded.ts";
import { backoffMs } from "./backoff.ts";
import { retryAfterMs } from "./retry_after.ts";
import { syncError } from "./sync_error.ts";
import type { SyncLimits } from "./sync_limits.ts";

/** One GET. */
export interface SyncRequest {
  /** For messages: `packument of name`. */
  readonly what: string;
  readonly target: RegistryTarget;
  readonly url: URL;
  readonly maxBytes: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A whole answer; `missing` where there is nothing at that address. */
export interface SyncAnswer {
  readonly kind: "found" | "unchanged" | "missing";
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string | null;
}

/** Options of {@linkcode SyncHttp}. */
export interface SyncHttpOptions {
  readonly limits: SyncLimits;
  readonly random?: () => number;
}

/** What servers say that do not have a route at all. */
const MISSING = new Set([404, 405, 410, 501]);

/** Asks one server, which may ask to be left alone: then all requests to it wait. */
export class SyncHttp {
  readonly #limits: SyncLimits;
  readonly #random: () => number;
  #notBeforeMs = 0;

  constructor({ limits, random = Math.random }: SyncHttpOptions) {
    this.#limits = limits;
    this.#random = random;
  }

  /**
   * Fetches whole and bounded; what may work later is tried again after growing pauses.
   * @throws {AirlockError} `upstream_failed`, retryable where the server is in trouble, with
   * `retryAfterMs` where it asks for more time than a run waits; the signal's reason.
   */
  async get(request: SyncRequest, signal: AbortSignal): Promise<SyncAnswer> {
    const { attempts, firstPauseMs, longestPauseMs: longestMs } = this.#limits;
    for (let attempt = 0;; attempt++) {
      await pause(Math.max(0, this.#notBeforeMs - Date.now()), signal);
      const outcome = await this.#attempt(request, signal);
      if (!(outcome instanceof AirlockError)) return outcome;
      const waitMs = outcome.retryAfterMs ?? 0;
      if (!outcome.retryable || attempt + 1 >= attempts || waitMs > longestMs) throw outcome;
      const policy = { firstMs: firstPauseMs, longestMs, random: this.#random };
      const nextMs = Math.max(waitMs, backoffMs(attempt, policy));
      if (waitMs > 0) this.#notBeforeMs = Math.max(this.#notBeforeMs, Date.now() + waitMs);
      await pause(nextMs, signal);
    }
  }

  async #attempt(
    request: SyncRequest,
    signal: AbortSignal,
  ): Promise<SyncAnswer | AirlockError> {
    const { what, target, url, maxBytes, headers = {} } = request;
    const { requestTimeoutMs, idleTimeoutMs } = this.#limits;
    const slow = () => syncError(`fetch ${what}: too slow`, { retryable: true });
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(slow()), requestTimeoutMs);
    const either = AbortSignal.any([signal, timeout.signal]);
    const get = { step: "packument" as const, what, registry: target, url, maxBytes };
    try {
      const response = await followRedirects(
        { ...get, headers: { accept: "application/json", ...headers } },
        either,
      );
      if (response.status !== 200) return await refused(what, response);
      const bytes = await readBounded(response, {
        ...{ maxBytes, idleTimeoutMs, signal: either, onBytes: () => {}, tooSlow: slow },
        tooLarge: () => tooLarge(what, maxBytes),
      });
      return { kind: "found", bytes, etag: response.headers.get("etag") };
    } catch (cause) {
      signal.throwIfAborted();
      if (timeout.signal.aborted) return slow();
      if (cause instanceof AirlockError) return cause;
      return syncError(`fetch ${what}: no complete answer`, { retryable: true, cause });
    } finally {
      clearTimeout(timer);
    }
  }
}

async function refused(what: string, response: Response): Promise<SyncAnswer | AirlockError> {
  await response.body?.cancel();
  const { status, headers } = response;
  const nothing = { bytes: new Uint8Array(), etag: null };
  if (status === 304) return { kind: "unchanged", ...nothing };
  if (MISSING.has(status)) return { kind: "missing", ...nothing };
  const waitMs = retryAfterMs(headers, Date.now());
  // 403 is how some say that a rate limit is used up.
  const isTrouble = status === 429 || status >= 500 || (status === 403 && waitMs !== undefined);
  return syncError(`fetch ${what}: answered ${status}`, {
    retryable: isTrouble,
    ...(isTrouble && waitMs !== undefined && { retryAfterMs: waitMs }),
  });
}

function tooLarge(what: string, limitBytes: number): AirlockError {
  return new AirlockError("resource_limit", `sync: fetch ${what}: over ${limitBytes} bytes`, {
    stage: "fetch",
    suggestion: "Nothing is to be done: what is larger than that is left out.",
    details: { limitBytes },
  });
}
