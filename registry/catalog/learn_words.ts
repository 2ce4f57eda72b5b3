import type { AnySql } from "../database/database.ts";

/** Longer ones are names written as one word, which nobody misspells in one place only. */
const MAX_WORD_CHARACTERS = 16;

/**
 * Adds the words of the public tools of packages, or of all public tools, to those that a mistyped word
 * may have meant. Words of private tools are left out: what is suggested to a stranger must not come
 * from them. Only letters, so that each is one word for a query, too.
 */
export async function learnWords(sql: AnySql, packageIds?: readonly string[]): Promise<void> {
  // In order, so that two that learn at once never wait for one another.
  await sql`
    insert into search_word (word)
    select distinct word
    from tool, unnest(tsvector_to_array(search)) as word
    where visibility = 'public' and removed_at is null
      ${packageIds === undefined ? sql`` : sql`and package_id = any(${[...packageIds]})`}
      and char_length(word) between 3 and ${MAX_WORD_CHARACTERS} and word ~ '^[[:alpha:]]+$'
    order by word
    on conflict do nothing`;
}
