import type { NamedSourceTool } from "../toolbox.ts";

/** Words of one query that are looked for. */
const MAX_WORDS = 16;

/** What a word in a name says more than one in a description. */
const WEIGHTS = { name: 6, title: 4, description: 1 };

/**
 * Tools that a query is about, those with most of its words in their names first. Without words, the
 * first ones of the list.
 */
export function findTools(
  tools: readonly NamedSourceTool[],
  { query, limit }: { readonly query: string; readonly limit: number },
): readonly NamedSourceTool[] {
  const words = wordsOf(query).slice(0, MAX_WORDS);
  if (words.length === 0) return tools.slice(0, limit);
  return tools
    .map((tool) => ({ tool, score: scoreOf(tool, words) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .slice(0, limit)
    .map(({ tool }) => tool);
}

function scoreOf({ name, tool }: NamedSourceTool, words: readonly string[]): number {
  const fields = [
    { text: wordsOf(`${name} ${tool.sourceName} ${tool.toolName}`), weight: WEIGHTS.name },
    { text: wordsOf(tool.displayName ?? ""), weight: WEIGHTS.title },
    { text: wordsOf(`${tool.description} ${tool.note}`), weight: WEIGHTS.description },
  ];
  return words.reduce((sum, word) => {
    const found = fields.map(({ text, weight }) => weight * likeness(text, word));
    return sum + Math.max(...found);
  }, 0);
}

/** 1 for the word itself, less for one that begins with it or that it begins with. */
function likeness(text: readonly string[], word: string): number {
  if (text.includes(word)) return 1;
  const isAkin = (other: string) =>
    (word.length > 2 && other.startsWith(word)) || (other.length > 3 && word.startsWith(other));
  return text.some(isAkin) ? 0.5 : 0;
}

function wordsOf(text: string): string[] {
  return text.replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1 $2").toLowerCase()
    .split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
}
