import { z } from "zod";
import { TIERS } from "../../spec/account.ts";
import { RATE_CLASSES, type RateLimit, type RateOverrides } from "../../spec/rate_limit.ts";

/** Most requests in a window. */
const MAX_LIMIT = 1_000_000_000;

/** Shortest window. */
export const MIN_WINDOW_MS = 1_000;

/** Longest window. */
export const MAX_WINDOW_MS = 86_400_000;

/** A rate limit as it is stored and sent. */
export const rateLimitSchema: z.ZodType<RateLimit> = z.strictObject({
  limit: z.int().min(0).max(MAX_LIMIT),
  windowMs: z.int().min(MIN_WINDOW_MS).max(MAX_WINDOW_MS),
});

/** Rate limits of some classes. */
export const rateOverridesSchema: z.ZodType<RateOverrides> = z.partialRecord(
  z.enum(RATE_CLASSES),
  rateLimitSchema,
);

/** Rate limits of some tiers. */
export const tierOverridesSchema = z.partialRecord(z.enum(TIERS), rateOverridesSchema);
