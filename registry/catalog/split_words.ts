/** Longest word that is looked for; longer ones are nobody's. */
const MAX_WORD_CHARACTERS = 40;
/** Words of one query. */
const MAX_QUERY_WORDS = 8;

/**
 * The text of an identifier with its parts spelled out, for indexing: `htmlToMarkdown` also as
 * `html To Markdown`, `@scope/web-tools` also as `scope web tools`.
 */
export function spellOut(identifier: string): string {
  const parts = identifier
    .replaceAll(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1 $2")
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
  const joined = identifier.replaceAll(/[^\p{L}\p{N}]+/gu, " ").trim();
  return parts === joined ? parts : `${joined} ${parts}`;
}

/** The words of what somebody looks for: letters and digits only, lower case, bounded. */
export function queryWords(query: string): string[] {
  const words = query.normalize("NFKC").toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(words.filter((word) => word.length <= MAX_WORD_CHARACTERS))]
    .slice(0, MAX_QUERY_WORDS);
}
