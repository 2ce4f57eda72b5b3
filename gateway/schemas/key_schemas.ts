import { z } from "@hono/zod-openapi";
import { MAX_OVERLAP_MS } from "../../accounts/keys/change_key.ts";
import { ceilingSchema, MAX_KEY_COLLECTIONS } from "../../accounts/keys/key_record.ts";
import { SCOPES, TIERS } from "../../spec/account.ts";
import { plainName } from "./plain_text.ts";
import { keyRatesSchema } from "./tier_schemas.ts";

const HOUR_SECONDS = 3_600;

const ceiling = z.unknown().pipe(ceilingSchema).openapi({
  type: "object",
  description: "The most that calls under the key may do and use",
  example: { limits: { timeoutMs: 10_000 }, runtimes: ["quickjs"] },
});

/** Body of `POST /api/keys`. Whose key it is and its tier are not for the body to say. */
export const createKeySchema = z.strictObject({
  name: plainName.openapi({ example: "laptop" }),
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length)
    .openapi({ example: ["tools:read", "tools:execute"] }),
  collections: z.array(z.string().min(1).max(64)).max(MAX_KEY_COLLECTIONS).nullish()
    .openapi({ description: "Ids that the key is held to; all where absent" }),
  ceiling: ceiling.optional(),
  expiresAt: z.iso.datetime().nullish().openapi({ example: "2030-01-01T00:00:00Z" }),
  rateLimits: keyRatesSchema.nullish().openapi({
    description: "Beside the tier's, and no more than it gives; of an admin: instead of the tier's",
  }),
}).openapi("CreateKey");

/** Body of `POST /api/keys/{id}/rotate`. */
export const rotateKeySchema = z.strictObject({
  overlapSeconds: z.int().min(0).max(MAX_OVERLAP_MS / 1_000).default(HOUR_SECONDS)
    .openapi({ description: "How long the old key goes on", example: HOUR_SECONDS }),
}).openapi("RotateKey");

/** A key as it is shown. */
export const keySchema = z.object({
  id: z.string().openapi({ example: "key_0Nf3vPq8rT1xZ5bC7dE9gH" }),
  name: z.string(),
  hint: z.string().openapi({ description: "End of the key", example: "…x4Z" }),
  scopes: z.array(z.enum(SCOPES)),
  collections: z.array(z.string()).nullable(),
  ceiling,
  tier: z.enum(TIERS).openapi({ description: "Of its account" }),
  rateLimits: keyRatesSchema.nullable(),
  replacesTier: z.boolean().openapi({
    description: "Whether rateLimits hold instead of the tier's, or beside them",
  }),
  state: z.enum(["active", "expired", "revoked"]),
  replacedBy: z.string().nullable(),
  expiresAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
  createdAt: z.string(),
}).openapi("ApiKey");

/** A key just made. */
export const newKeySchema = z.object({
  key: keySchema,
  token: z.string().openapi({
    description: "The key itself: shown this once",
    example: "airlock_sk_0Nf3vPq8rT1xZ5bC7dE9gH_…",
  }),
}).openapi("NewApiKey");
