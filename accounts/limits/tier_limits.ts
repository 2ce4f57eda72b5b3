import type { Tier } from "../../spec/account.ts";
import type { RateClass, RateLimit } from "../../spec/rate_limit.ts";

/** How often each tier may do what. */
export type TierLimits = Readonly<Record<Tier, Readonly<Record<RateClass, RateLimit>>>>;

const MINUTE_MS = 60_000;

const perMinute = (limit: number): RateLimit => ({ limit, windowMs: MINUTE_MS });

/** Unless the table `tier_limit` says otherwise. */
export const DEFAULT_TIER_LIMITS: TierLimits = {
  FREE: {
    execute: perMinute(60),
    mcp: perMinute(120),
    read: perMinute(300),
    write: perMinute(60),
  },
  PRO: {
    execute: perMinute(600),
    mcp: perMinute(1_200),
    read: perMinute(1_200),
    write: perMinute(300),
  },
  ENTERPRISE: {
    execute: perMinute(6_000),
    mcp: perMinute(12_000),
    read: perMinute(6_000),
    write: perMinute(1_200),
  },
};

/** Calls of one account that may run at once, by tier. */
export const TIER_CONCURRENCY: Readonly<Record<Tier, number>> = {
  FREE: 8,
  PRO: 32,
  ENTERPRISE: 128,
};
