import { z } from "@hono/zod-openapi";
import {
  MAX_WINDOW_MS,
  MIN_WINDOW_MS,
  rateOverridesSchema,
  tierOverridesSchema,
} from "../../accounts/limits/rate_limit_schemas.ts";
import { TIERS } from "../../spec/account.ts";
import { RATE_CLASSES } from "../../spec/rate_limit.ts";

const EXAMPLE = { execute: { limit: 60, windowMs: 60_000 } };

const rateLimit = z.object({
  limit: z.int().openapi({ example: 60 }),
  windowMs: z.int().min(MIN_WINDOW_MS).max(MAX_WINDOW_MS).openapi({ example: 60_000 }),
}).openapi("RateLimit");

/** Rate limits of a key, in a body or an answer. */
export const keyRatesSchema = z.unknown().pipe(rateOverridesSchema).openapi({
  type: "object",
  description: `Requests in a window, by class: ${RATE_CLASSES.join(", ")}`,
  example: EXAMPLE,
});

/** Body of `PUT /api/tiers`. */
export const changeTiersSchema = z.strictObject({
  tiers: z.unknown().pipe(tierOverridesSchema).openapi({
    type: "object",
    description: "What is left out has its default",
    example: { FREE: EXAMPLE },
  }),
}).openapi("ChangeTiers");

/** What all tiers are given. */
export const tiersSchema = z.object({
  tiers: z.record(z.enum(TIERS), z.record(z.enum(RATE_CLASSES), rateLimit)),
}).openapi("Tiers");

/** Body of `PATCH /api/accounts/{id}`. */
export const changeAccountSchema = z.strictObject({
  tier: z.enum(TIERS).openapi({ example: "PRO" }),
}).openapi("ChangeAccount");

/** An account as admins see it. */
export const accountSchema = z.object({
  id: z.string().openapi({ example: "usr_0Nf3vPq8rT1xZ5bC7dE9gH" }),
  tenant: z.string().openapi({ description: "What its things are owned by" }),
  tier: z.enum(TIERS),
}).openapi("Account");
