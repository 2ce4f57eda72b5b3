import type { Caller } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { RateClass, RateLimit, RateStore, RateTake } from "../../spec/rate_limit.ts";
import type { TierLimits } from "./tier_limits.ts";

/** What {@linkcode RateLimiter} is made of. */
export interface RateLimiterOptions {
  readonly store: RateStore;
  /** Read anew from time to time by whoever owns it. Never rejects. */
  readonly tiers: () => TierLimits | Promise<TierLimits>;
}

/** A request that is counted. */
export interface CountedRequest {
  readonly rateClass: RateClass;
  /** Address of the connection: asked for only to tell callers apart that nobody knows. */
  readonly address: () => string;
}

/** What was taken, and of which limit. */
export interface Taken extends RateTake {
  readonly limit: RateLimit;
}

/** Counts requests by account, and by key where a key has limits of its own. */
export class RateLimiter {
  readonly #store: RateStore;
  readonly #tiers: RateLimiterOptions["tiers"];

  constructor({ store, tiers }: RateLimiterOptions) {
    this.#store = store;
    this.#tiers = tiers;
  }

  /**
   * Counts once; `null` where nobody counts: whoever has the machine. Where a key has limits beside its
   * account's, with both: a request that the key's refuse is none of the account's.
   */
  take(caller: Caller, request: CountedRequest): Taken | Promise<Taken> | null {
    if (caller.kind === "owner") return null;
    const { rateClass } = request;
    const { rates } = caller;
    const own = rates?.limits[rateClass];
    if (rates === undefined || own === undefined) return this.#takeOfAccount(caller, request);
    const taken = this.#count(own, { rateClass, who: `key:${rates.countedAs}` });
    if (rates.replaceTier) return taken;
    return this.#thenOfAccount(taken, { caller, request });
  }

  async #thenOfAccount(
    own: Taken | Promise<Taken>,
    { caller, request }: { readonly caller: Caller; readonly request: CountedRequest },
  ): Promise<Taken> {
    const taken = await own;
    if (!taken.allowed) return taken;
    const ofAccount = await this.#takeOfAccount(caller, request);
    return !ofAccount.allowed || ofAccount.remaining < taken.remaining ? ofAccount : taken;
  }

  #takeOfAccount(caller: Caller, request: CountedRequest): Taken | Promise<Taken> {
    const { rateClass } = request;
    const who = accountOf(caller, request);
    const tiers = this.#tiers();
    return tiers instanceof Promise
      ? tiers.then((limits) => this.#count(limits[caller.tier][rateClass], { rateClass, who }))
      : this.#count(tiers[caller.tier][rateClass], { rateClass, who });
  }

  #count(
    limit: RateLimit,
    { rateClass, who }: { readonly rateClass: RateClass; readonly who: string },
  ): Taken | Promise<Taken> {
    // The window is a part of the key: counts of another length say nothing about this one.
    const take = this.#store.take(`${rateClass}:${limit.windowMs}:${who}`, limit);
    return take instanceof Promise
      ? take.then((taken) => ({ ...taken, limit }))
      : { ...take, limit };
  }
}

function accountOf(caller: Caller, { address }: CountedRequest): string {
  return caller.kind === "anonymous" ? `address:${address()}` : `tenant:${caller.tenant}`;
}

/** The error of a request that was one too many. */
export function rateLimited(rateClass: RateClass, { limit, resetMs }: Taken): AirlockError {
  const seconds = Math.round(limit.windowMs / 1000);
  return new AirlockError(
    "rate_limited",
    `Counting requests: ${limit.limit} in ${seconds} s are allowed (${rateClass})`,
    {
      stage: "request",
      suggestion: "Wait as long as Retry-After says, or ask the operator for a higher tier",
      details: { rateClass, limit: limit.limit, windowMs: limit.windowMs },
      retryAfterMs: Math.ceil(resetMs),
    },
  );
}
