import type { AnySql } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";
import { RATE_CLASSES, type RateLimit, type RateOverrides } from "../../spec/rate_limit.ts";
import { readTierLimits } from "../limits/read_tier_limits.ts";
import type { KeyRow } from "./key_record.ts";

/**
 * The rate limits that a new key gets: those of an admin hold instead of the tier's; others may only
 * lower what the tier gives.
 * @throws {AirlockError} `permission_denied`, naming the class.
 */
export async function ratesWithin(
  sql: AnySql,
  { caller, wanted }: { readonly caller: Caller; readonly wanted: RateOverrides | null },
): Promise<Pick<KeyRow, "rate_limits" | "rates_replace_tier">> {
  if (wanted === null || Object.keys(wanted).length === 0) {
    return { rate_limits: null, rates_replace_tier: false };
  }
  if (caller.scopes.has("admin")) return { rate_limits: wanted, rates_replace_tier: true };
  const given = (await readTierLimits(sql))[caller.tier];
  for (const rateClass of RATE_CLASSES) {
    const wish = wanted[rateClass];
    if (wish === undefined || isWithin(wish, given[rateClass])) continue;
    throw new AirlockError(
      "permission_denied",
      `create key: rateLimits.${rateClass} is more than your tier gives`,
      {
        stage: "request",
        suggestion: "Ask for no higher limit, and no shorter window, or ask an admin.",
        details: { rateClass, ...given[rateClass] },
      },
    );
  }
  return { rate_limits: wanted, rates_replace_tier: false };
}

/** In no stretch of time more. A higher limit over a longer window may be, within a part of that. */
function isWithin(wish: RateLimit, given: RateLimit): boolean {
  return wish.limit <= given.limit && wish.windowMs >= given.windowMs;
}
