import ts from "typescript";
import type { JsonValue } from "../../../../spec/json.ts";

const MAX_DESCRIPTION = 1_000;

/** What the comment of a parameter or property adds to its schema. */
export interface Documentation {
  readonly description?: string;
  readonly default?: JsonValue;
}

/** Reads the comment of a parameter or property: its words, and its `@default` where that is JSON. */
export function documentationOf(symbol: ts.Symbol, checker: ts.TypeChecker): Documentation {
  const description = commentOf(symbol.getDocumentationComment(checker));
  const tag = symbol.getJsDocTags(checker).find(({ name }) => /^default(Value)?$/.test(name));
  const fallback = tag === undefined ? undefined : jsonOf(ts.displayPartsToString(tag.text));
  return {
    ...(description !== "" && { description }),
    ...(fallback !== undefined && { default: fallback }),
  };
}

/** The words of a comment, bounded. */
export function commentOf(parts: ts.SymbolDisplayPart[]): string {
  // As comments write lists of parameters: `@param name - words`.
  return ts.displayPartsToString(parts).replace(/^\s{0,8}-\s{1,8}/, "").trim().slice(
    0,
    MAX_DESCRIPTION,
  );
}

function jsonOf(text: string): JsonValue | undefined {
  const plain = text.trim().slice(0, MAX_DESCRIPTION).replace(/^`(.*)`$/, "$1")
    .replace(/^'([^'"\\]*)'$/, '"$1"');
  try {
    const value: JsonValue = JSON.parse(plain);
    return value;
  } catch (error) {
    // Words, not a value.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
