import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { visibleTools } from "../../../accounts/visible_tools.ts";
import type { Context } from "hono";
import {
  type Engagement,
  lockOpinion,
  setLike,
  setRating,
  setReview,
} from "../../../registry/catalog/engagement/engage.ts";
import { listActivity, readOpinion } from "../../../registry/catalog/engagement/read_engagement.ts";
import { readTool } from "../../../registry/catalog/read_tool.ts";
import type { AnySql } from "../../../registry/database/database.ts";
import type { GatewayEnv } from "../../gateway_env.ts";
import { requireJson } from "../../middleware/require_json.ts";
import { requireMatch, respondOne } from "../../respond_one.ts";
import {
  activitySchema,
  opinionSchema,
  rateSchema,
  reviewSchema,
} from "../../schemas/engagement_schemas.ts";
import { failureAnswers, jsonBody, jsonContent } from "../route_parts.ts";
import { bodyOf } from "./api_parts.ts";
import { type CatalogOptions, toolOf, toolParams } from "./catalog_parts.ts";

const answers = {
  200: jsonContent(opinionSchema, "What people think of it now"),
  ...failureAnswers([400, 401, 403, 404, 413, 415]),
};
/** Answers of what may be asked for with `If-Match`. */
const changed = { ...answers, ...failureAnswers([412]) };
const request = { params: toolParams };

const read = createRoute({
  ...{ method: "get", path: "/api/tools/{id}/opinion", request, responses: answers },
  summary: "What people think of a tool",
  description: "Likes, ratings and reviews. Its `ETag` is what changes of them take as `If-Match`.",
});
const like = createRoute({
  ...{ method: "put", path: "/api/tools/{id}/like", request, responses: answers },
  summary: "Like a tool",
  description: "Once for each account. Doing it again changes nothing.",
});
const unlike = createRoute({
  ...{ method: "delete", path: "/api/tools/{id}/like", request, responses: answers },
  summary: "Like a tool no longer",
  description: "Where the account does not like it, nothing changes.",
});
const rate = createRoute({
  ...{ method: "put", path: "/api/tools/{id}/rating", responses: changed },
  summary: "Rate a tool",
  description:
    "In place of the account's rating before. With `If-Match`, only of the opinion that was seen.",
  request: { ...request, body: jsonBody(rateSchema) },
});
const review = createRoute({
  ...{ method: "put", path: "/api/tools/{id}/review", responses: changed },
  summary: "Review a tool",
  description:
    "In place of the account's review before. With `If-Match`, only of the opinion that was seen.",
  request: { ...request, body: jsonBody(reviewSchema) },
});
const unreview = createRoute({
  ...{ method: "delete", path: "/api/tools/{id}/review", request, responses: changed },
  summary: "Take a review back",
  description: "Where the account has none, nothing changes.",
});
const activity = createRoute({
  ...{ method: "get", path: "/api/activity" },
  summary: "What the account did with tools lately",
  description: "Likes, ratings and reviews, the last first.",
  responses: { 200: jsonContent(activitySchema, "At most 100"), ...failureAnswers([401, 403]) },
});

/** Likes, ratings and reviews of tools, one of each for an account, and what came of them. */
export function addEngage(app: OpenAPIHono<GatewayEnv>, options: CatalogOptions): void {
  const { sql } = options.catalog;
  for (const route of [read, like, unlike, rate, review, unreview, activity]) {
    app.openAPIRegistry.registerPath(route);
  }
  const engagementOf = async (context: Context<GatewayEnv>): Promise<Engagement> => {
    const visible = visibleTools(sql, context.get("caller"));
    const { id: toolId } = await readTool(sql, { tool: toolOf(context), visible });
    return { toolId, ownerId: context.get("caller").tenant };
  };
  const engage = async (
    context: Context<GatewayEnv>,
    change: (tx: AnySql, of: Engagement) => Promise<unknown>,
  ): Promise<Response> => {
    const of = await engagementOf(context);
    const opinion = await sql.begin(async (tx: AnySql) => {
      await lockOpinion(tx, of);
      requireMatch(context, await readOpinion(tx, of));
      await change(tx, of);
      return await readOpinion(tx, of);
    });
    return respondOne(context, opinion);
  };
  app.get(
    read.getRoutingPath(),
    async (context) => respondOne(context, await readOpinion(sql, await engagementOf(context))),
  );
  app.put(
    like.getRoutingPath(),
    (context) => engage(context, (tx, of) => setLike(tx, { ...of, liked: true })),
  );
  app.delete(
    unlike.getRoutingPath(),
    (context) => engage(context, (tx, of) => setLike(tx, { ...of, liked: false })),
  );
  app.put(rate.getRoutingPath(), requireJson(), async (context) => {
    const { stars } = await bodyOf(context, rateSchema, options);
    return await engage(context, (tx, of) => setRating(tx, { ...of, stars }));
  });
  app.put(review.getRoutingPath(), requireJson(), async (context) => {
    const { body } = await bodyOf(context, reviewSchema, options);
    return await engage(context, (tx, of) => setReview(tx, { ...of, body }));
  });
  app.delete(
    unreview.getRoutingPath(),
    (context) => engage(context, (tx, of) => setReview(tx, { ...of, body: null })),
  );
  app.get(
    activity.getRoutingPath(),
    async (context) =>
      context.json({ items: await listActivity(sql, context.get("caller").tenant) }),
  );
}
