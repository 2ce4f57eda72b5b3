import { z } from "@hono/zod-openapi";
import { plainText } from "./plain_text.ts";

const time = z.string().openapi({ format: "date-time", example: "2026-11-28T03:22:01.000Z" });

/** Body of `PUT /api/tools/{id}/rating`. */
export const rateSchema = z.strictObject({
  stars: z.int().min(1).max(5).openapi({ example: 5 }),
}).openapi("RateToolRequest");

/** Body of `PUT /api/tools/{id}/review`. */
export const reviewSchema = z.strictObject({
  body: plainText(8_000).min(1).openapi({ example: "Does what it says" }),
}).openapi("ReviewToolRequest");

/** What people think of a tool. */
export const opinionSchema = z.object({
  likes: z.int(),
  ratings: z.int(),
  averageStars: z.number().nullable(),
  reviews: z.array(
    z.object({ id: z.string(), body: z.string(), isOwn: z.boolean(), updatedAt: time }),
  ),
}).openapi("ToolOpinion");

/** What an account did with tools. */
export const activitySchema = z.object({
  items: z.array(z.object({ kind: z.string(), toolId: z.string(), at: time })),
}).openapi("Activity");
