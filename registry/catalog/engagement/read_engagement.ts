import type { AnySql } from "../../database/database.ts";
import type { ActivityKind } from "./engage.ts";

/** What people think of a tool. */
export interface ToolOpinion {
  readonly likes: number;
  readonly ratings: number;
  /** From 1 to 5; `null` where nobody rated it. */
  readonly averageStars: number | null;
  /** The newest first, without whose they are. */
  readonly reviews: readonly {
    readonly id: string;
    readonly body: string;
    readonly isOwn: boolean;
    readonly updatedAt: string;
  }[];
}

/** Something that an account did. */
export interface ActivityEntry {
  readonly kind: ActivityKind;
  readonly toolId: string;
  readonly at: string;
}

const MAX_REVIEWS = 100;
const MAX_ACTIVITY = 100;

/** What people think of a tool, as an account sees it: at most the last 100 reviews. */
export async function readOpinion(
  sql: AnySql,
  { toolId, ownerId }: { readonly toolId: string; readonly ownerId: string },
): Promise<ToolOpinion> {
  const [sums] = await sql<{ likes: number; ratings: number; average: number | null }[]>`
    select
      (select count(*)::int from tool_like where tool_id = ${toolId}) as likes,
      (select count(*)::int from rating where tool_id = ${toolId}) as ratings,
      (select avg(stars)::float8 from rating where tool_id = ${toolId}) as average`;
  const reviews = await sql<{ id: string; body: string; is_own: boolean; updated_at: Date }[]>`
    select id, body, owner_id = ${ownerId} as is_own, updated_at from review
    where tool_id = ${toolId} order by updated_at desc, id desc limit ${MAX_REVIEWS}`;
  return {
    likes: sums?.likes ?? 0,
    ratings: sums?.ratings ?? 0,
    averageStars: sums?.average ?? null,
    reviews: reviews.map(({ id, body, is_own: isOwn, updated_at: updatedAt }) => ({
      ...{ id, body, isOwn },
      updatedAt: updatedAt.toISOString(),
    })),
  };
}

/** What an account did lately: at most the last 100 things. */
export async function listActivity(sql: AnySql, ownerId: string): Promise<ActivityEntry[]> {
  const rows = await sql<{ kind: ActivityKind; tool_id: string; created_at: Date }[]>`
    select kind, tool_id, created_at from activity
    where owner_id = ${ownerId} and tool_id is not null order by id desc limit ${MAX_ACTIVITY}`;
  return rows.map(({ kind, tool_id: toolId, created_at: at }) => ({
    ...{ kind, toolId },
    at: at.toISOString(),
  }));
}
