import { z } from "@hono/zod-openapi";

/** A grant as it is shown. */
export const grantSchema = z.object({
  id: z.string().openapi({ example: "grt_0Nf3vPq8rT1xZ5bC7dE9gH" }),
  clientId: z.string().openapi({ example: "cli_0Nf3vPq8rT1xZ5bC7dE9gH" }),
  clientName: z.string().openapi({
    description: "As the client calls itself: not to be believed",
    example: "An editor",
  }),
  redirectHost: z.string().openapi({
    description: "Where whoever let it in was sent back to: a host, or the scheme of a program",
    example: "127.0.0.1:33418",
  }),
  endpoint: z.string().openapi({
    description: "The only path that the client may use",
    example: "/mcp/me/my-tools",
  }),
  collectionId: z.string().nullable().openapi({ description: "null: all of the account" }),
  userId: z.string().nullable().openapi({ description: "Who let it in" }),
  state: z.enum(["active", "revoked"]),
  createdAt: z.string(),
  lastUsedAt: z.string().nullable().openapi({ description: "When it last came for a token" }),
}).openapi("Grant");
