import { RE2JS } from "re2js";
import type { WorkBudget } from "./work_budget.ts";

/** Instructions of a compiled pattern that are stepped through for the price of one unit of work. */
const STEPS_PER_UNIT = 8;
/** Patterns longer than this are not compiled. */
const MAX_PATTERN_CHARACTERS = 1_000;

/** What ajv needs of a regular expression. */
export interface LinearPattern {
  test(text: string): boolean;
  /** Differs between patterns: ajv tells compiled ones apart by it, and would mix them up. */
  toString(): string;
}

/**
 * A pattern of a schema, matched in time linear in the text, whatever the pattern. One that cannot be
 * (look-around, back-references, some Unicode classes) is reported and matches everything; it is
 * never given to the native engine, which such patterns can block for hours.
 */
export function linearPattern(
  pattern: string,
  options: { readonly budget: WorkBudget; readonly onUnsupported: (pattern: string) => void },
): LinearPattern {
  const compiled = compile(pattern);
  if (compiled === null) options.onUnsupported(pattern);
  const steps = compiled?.programSize() ?? 0;
  return {
    test(text) {
      if (compiled === null) return true;
      options.budget.spend(1 + (text.length * steps) / STEPS_PER_UNIT);
      return compiled.test(text);
    },
    toString: () => `linear ${JSON.stringify(pattern)}`,
  };
}

function compile(pattern: string): RE2JS | null {
  if (pattern.length > MAX_PATTERN_CHARACTERS) return null;
  try {
    return RE2JS.compile(RE2JS.translateRegExp(pattern));
  } catch {
    return null; // Any failure means the same: this engine does not take the pattern.
  }
}
