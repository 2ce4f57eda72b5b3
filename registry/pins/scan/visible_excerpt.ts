const MAX_CHARACTERS = 120;
const BEFORE = 20;

/**
 * A short part of a text, safe to be shown to a person: what is not plainly visible is escaped, so
 * that nothing hides and no terminal is steered.
 */
export function visibleExcerpt(text: string, at = 0): string {
  const start = Math.max(0, at - BEFORE);
  const part = text.slice(start, start + MAX_CHARACTERS).replaceAll(/\s+/g, " ");
  const dots = [start > 0 ? "…" : "", start + MAX_CHARACTERS < text.length ? "…" : ""];
  return dots[0] + part.replaceAll(HIDDEN, escape) + dots[1];
}

/** Everything but letters, marks, numbers, punctuation, symbols and the space. */
const HIDDEN = /[^\p{L}\p{N}\p{P}\p{S} ]|[\u115f\u1160\u3164\uffa0\u17b4\u17b5]/gu;

function escape(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
