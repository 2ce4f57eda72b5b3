import { AirlockError } from "../../../spec/errors.ts";
import type { AnySql } from "../../database/database.ts";
import { newId } from "../../database/new_id.ts";

/** Whose opinion of which tool. Whoever asks has seen to it that the account may see the tool. */
export interface Engagement {
  readonly toolId: string;
  readonly ownerId: string;
}

/** Longest review. */
export const MAX_REVIEW_CHARACTERS = 4_000;

/** What an account did with a tool. */
export type ActivityKind =
  | "liked"
  | "unliked"
  | "rated"
  | "reviewed"
  | "review-removed";

/** Nobody else changes what people think of the tool before the transaction ends. */
export async function lockOpinion(
  tx: AnySql,
  { toolId }: Pick<Engagement, "toolId">,
): Promise<void> {
  await tx`select id from tool where id = ${toolId} for update`;
}

/** Likes a tool, once, or no longer; how popular it is follows. @returns How many like it. */
export async function setLike(
  tx: AnySql,
  { toolId, ownerId, liked }: Engagement & { readonly liked: boolean },
): Promise<number> {
  const changed = liked
    ? await tx`
      insert into tool_like (tool_id, owner_id) values (${toolId}, ${ownerId})
      on conflict do nothing returning tool_id`
    : await tx`
      delete from tool_like where tool_id = ${toolId} and owner_id = ${ownerId}
      returning tool_id`;
  if (changed.length > 0) await note(tx, { toolId, ownerId, kind: liked ? "liked" : "unliked" });
  const [row] = await tx<{ likes: number }[]>`
    with likes as (select count(*) as count from tool_like where tool_id = ${toolId})
    update tool set popularity = popularity_of(downloads_week, stars, likes.count)
    from package, likes where package.id = package_id and tool.id = ${toolId}
    returning likes.count::int as likes`;
  return row?.likes ?? 0;
}

/**
 * Rates a tool, in place of an earlier rating of the account.
 * @param rating.stars From 1 to 5.
 */
export async function setRating(
  tx: AnySql,
  rating: Engagement & { readonly stars: number },
): Promise<void> {
  const { toolId, ownerId, stars } = rating;
  await tx`
    insert into rating (tool_id, owner_id, stars) values (${toolId}, ${ownerId}, ${stars})
    on conflict (tool_id, owner_id) do update set stars = excluded.stars, updated_at = now()`;
  await note(tx, { toolId, ownerId, kind: "rated" });
}

/**
 * Reviews a tool, in place of an earlier review of the account; `null` takes that back.
 * @throws {AirlockError} `invalid_input` for text that says nothing or too much.
 */
export async function setReview(
  tx: AnySql,
  review: Engagement & { readonly body: string | null },
): Promise<void> {
  const { toolId, ownerId } = review;
  if (review.body === null) {
    const gone = await tx`
      delete from review where tool_id = ${toolId} and owner_id = ${ownerId} returning id`;
    if (gone.length > 0) await note(tx, { toolId, ownerId, kind: "review-removed" });
    return;
  }
  const body = review.body.trim();
  // The database counts characters as we do not: by code points.
  const characters = [...body].length;
  if (characters === 0 || characters > MAX_REVIEW_CHARACTERS || body.includes("\u0000")) {
    throw new AirlockError(
      "invalid_input",
      `keep review: it needs 1 to ${MAX_REVIEW_CHARACTERS} characters of text`,
      { stage: "request", suggestion: "Write what others should know of the tool" },
    );
  }
  await tx`
    insert into review (id, tool_id, owner_id, body)
    values (${newId("rev")}, ${toolId}, ${ownerId}, ${body})
    on conflict (tool_id, owner_id) do update set body = excluded.body, updated_at = now()`;
  await note(tx, { toolId, ownerId, kind: "reviewed" });
}

async function note(
  tx: AnySql,
  { toolId, ownerId, kind }: Engagement & { readonly kind: ActivityKind },
): Promise<void> {
  await tx`insert into activity (owner_id, kind, tool_id) values (${ownerId}, ${kind}, ${toolId})`;
}
