import { z } from "zod";
import type { AnySql } from "../../registry/database/database.ts";
import { TIERS } from "../../spec/account.ts";
import { RATE_CLASSES } from "../../spec/rate_limit.ts";
import { DEFAULT_TIER_LIMITS, type TierLimits } from "./tier_limits.ts";

const tierRow = z.object({
  tier: z.enum(TIERS),
  rate_class: z.enum(RATE_CLASSES),
  rate_limit: z.int().min(0),
  window_ms: z.int().positive(),
});

/** The limits of all tiers: the table's, else the default. */
export async function readTierLimits(sql: AnySql): Promise<TierLimits> {
  const rows = await sql`select tier, rate_class, rate_limit, window_ms from tier_limit`;
  const limits = {
    FREE: { ...DEFAULT_TIER_LIMITS.FREE },
    PRO: { ...DEFAULT_TIER_LIMITS.PRO },
    ENTERPRISE: { ...DEFAULT_TIER_LIMITS.ENTERPRISE },
  };
  for (const row of rows) {
    const { tier, rate_class, rate_limit, window_ms } = tierRow.parse(row);
    limits[tier][rate_class] = { limit: rate_limit, windowMs: window_ms };
  }
  return limits;
}
