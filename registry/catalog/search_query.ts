import type { TransactionSql } from "postgres";

/** How a query is read, the strictest first. */
export const SEARCH_WAYS = ["all", "similar", "any"] as const;

/** One of {@linkcode SEARCH_WAYS}. */
export type SearchWay = typeof SEARCH_WAYS[number];

/** Known words that look like one that was asked for. */
export type NearWords = ReadonlyMap<string, readonly string[]>;

/** Of one word. */
const MAX_NEAR_WORDS = 3;

/**
 * A reading of the words in the language of `to_tsquery`: each word, the last one perhaps not typed
 * to its end; or each word or one that looks like it; or any of those. `undefined` where that is
 * what a stricter one said already.
 */
export function searchQuery(
  way: SearchWay,
  { words, near = new Map() }: {
    readonly words: readonly string[];
    readonly near?: NearWords;
  },
): string | undefined {
  if (way === "all") {
    return words.map((word, index) => index === words.length - 1 ? `${word}:*` : word).join(" & ");
  }
  const groups = words.map((word) => alternatives(word, near));
  if (way === "similar") return groups.join(" & ");
  return words.length > 1 ? groups.join(" | ") : undefined;
}

function alternatives(word: string, near: NearWords): string {
  return `(${[`${word}:*`, ...near.get(word) ?? []].join(" | ")})`;
}

/** Finds known words by the trigrams they share. */
export async function nearWords(
  tx: TransactionSql,
  words: readonly string[],
): Promise<NearWords> {
  const rows = await tx<{ wanted: string; near: string[] }[]>`
    select wanted, array(
      select word from search_word where word % wanted
      order by similarity(word, wanted) desc, word limit ${MAX_NEAR_WORDS}
    ) as near
    from unnest(${[...words]}::text[]) as wanted`;
  return new Map(rows.map(({ wanted, near }) => [wanted, near]));
}
