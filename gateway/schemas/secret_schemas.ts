import { z } from "@hono/zod-openapi";
import { MAX_SECRET_BYTES, SECRET_NAME_PATTERN } from "../../accounts/secrets/secret_record.ts";

/** Body that keeps a secret. Whose it is follows from the route. */
export const storeSecretSchema = z.strictObject({
  name: z.string().regex(SECRET_NAME_PATTERN, "needs letters, digits and underscores")
    .openapi({ example: "API_TOKEN" }),
  value: z.string().min(1).max(MAX_SECRET_BYTES)
    .openapi({ description: "Never given back", writeOnly: true, example: "…" }),
}).openapi("StoreSecret");

/** A secret as it is shown: never with its value. */
export const secretSchema = z.object({
  id: z.string().openapi({ example: "sec_0Nf3vPq8rT1xZ5bC7dE9gH" }),
  name: z.string().openapi({ example: "API_TOKEN" }),
  collectionId: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
}).openapi("Secret");
