import type { Caller, Scope } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";
import { FreshCache, type FreshCacheBounds } from "../cache/fresh_cache.ts";
import type { KeyRow } from "./key_record.ts";
import { hasDigest } from "./has_digest.ts";
import { idOfToken } from "./key_token.ts";

/** Bounds on verifying keys: revoked on another node, a key opens nothing after a second. */
export const KEY_CACHE_BOUNDS: FreshCacheBounds = {
  maxEntries: 20_000,
  maxAbsent: 2_000,
  freshMs: 1_000,
  staleMs: 60_000,
  readTimeoutMs: 1_000,
  maxReads: 32,
  retryMs: 250,
};

/** Options of {@linkcode KeyVerifier}. */
export interface KeyVerifierOptions {
  /** Reads one key; `null` where there is none. */
  readonly read: (id: string) => Promise<KeyRow | null>;
  /** Told of each key that opened something, off the path. */
  readonly onUse: (id: string) => void;
  readonly onFailure: (error: unknown) => void;
  readonly bounds?: FreshCacheBounds;
  /** Any monotonic clock. */
  readonly nowMs?: () => number;
}

interface KnownKey {
  /** SHA-256 in hex. */
  readonly digest: string;
  readonly revoked: boolean;
  readonly expiresAtMs: number;
  readonly caller: Caller;
}

/** Compared with where there is no such key, so that both answers take the same time. */
const NO_DIGEST = "0".repeat(64);

/** Finds out who a token stands for, from memory as long as the key is in use. */
export class KeyVerifier {
  readonly #cache: FreshCache<KnownKey>;
  readonly #onUse: (id: string) => void;

  constructor(options: KeyVerifierOptions) {
    const { read, onUse, onFailure, bounds = KEY_CACHE_BOUNDS } = options;
    this.#onUse = onUse;
    this.#cache = new FreshCache({
      what: "API key",
      read: async (id) => {
        const row = await read(id);
        return row === null ? null : knownKey(row);
      },
      bounds,
      nowMs: options.nowMs ?? (() => performance.now()),
      onFailure,
    });
  }

  /**
   * The caller that a token stands for; without a promise where the key is in memory.
   * @throws {AirlockError} `unauthenticated`, the same whatever is wrong; `upstream_failed` and
   * `rate_limited` where it cannot be found out now. By throwing or by rejecting.
   */
  verify(token: string): Caller | Promise<Caller> {
    const id = idOfToken(token);
    if (id === undefined) throw invalidKey();
    const found = this.#cache.find(id);
    return found instanceof Promise
      ? found.then((key) => this.#check(token, { id, key }))
      : this.#check(token, { id, key: found });
  }

  /** Forgets a key that was changed on this node. */
  forget(id: string): void {
    this.#cache.drop(id);
  }

  #check(
    token: string,
    { id, key }: { readonly id: string; readonly key: KnownKey | null },
  ): Caller {
    const isRight = hasDigest(token, key?.digest ?? NO_DIGEST);
    if (!isRight || key === null || key.revoked || Date.now() >= key.expiresAtMs) {
      throw invalidKey();
    }
    this.#onUse(id);
    return key.caller;
  }
}

function knownKey(row: KeyRow): KnownKey {
  return {
    digest: row.secret_hash.toHex(),
    revoked: row.revoked_at !== null,
    expiresAtMs: row.expires_at?.getTime() ?? Infinity,
    caller: {
      kind: "key",
      tenant: row.owner_id,
      userId: row.user_id,
      keyId: row.id,
      scopes: new Set<Scope>(row.scopes),
      collections: row.collections,
      ceiling: row.ceiling,
      tier: row.tier,
      ...(row.rate_limits && {
        rates: {
          limits: row.rate_limits,
          replaceTier: row.rates_replace_tier,
          countedAs: row.rates_counted_as ?? row.id,
        },
      }),
    },
  };
}

/** Does not say what is wrong with it: whether a key exists is nobody's business. */
export function invalidKey(): AirlockError {
  return new AirlockError("unauthenticated", "authenticate: the key is not valid", {
    stage: "request",
    suggestion: "Send a key that is neither expired nor revoked; make one with `airlock keys`.",
  });
}
