import { z } from "@hono/zod-openapi";
import { decodeCursor, encodeCursor } from "../cursor.ts";

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** Query of a list. */
export const listQuerySchema = z.object({
  limit: z.string().regex(/^[1-9]\d{0,2}$/, "needs a number from 1 to 200").transform(Number)
    .refine((limit) => limit <= MAX_LIMIT, "needs a number from 1 to 200")
    .optional()
    .openapi({ type: "integer", minimum: 1, maximum: MAX_LIMIT, example: DEFAULT_LIMIT }),
  cursor: z.string().max(1_024).optional()
    .openapi({ description: "nextCursor of the page before", example: "a2V5XzEyMw" }),
});

/** What part of a list is asked for. */
export interface Page {
  readonly limit: number;
  readonly after?: string;
}

/** The page that a query asks for. @throws {AirlockError} `invalid_input`. */
export function pageOf(query: z.output<typeof listQuerySchema>): Page {
  const { limit = DEFAULT_LIMIT, cursor } = query;
  return cursor === undefined ? { limit } : { limit, after: decodeCursor(cursor) };
}

/** One more than a page, to see whether there is another. */
export function oneMore({ limit, ...page }: Page): Page {
  return { ...page, limit: limit + 1 };
}

/** Arranges what was found by {@linkcode oneMore}. */
export function listAnswer<T extends { readonly id: string }>(
  found: readonly T[],
  { limit }: Page,
): { items: readonly T[]; nextCursor: string | null } {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const isMore = found.length > limit && last !== undefined;
  return { items, nextCursor: isMore ? encodeCursor(last.id) : null };
}

/** Schema of a list's answer. */
export function listSchema<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().openapi({ description: "null on the last page" }),
  });
}
