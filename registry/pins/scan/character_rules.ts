import type { FindingRule, FindingSeverity } from "../../../spec/definition_finding.ts";
import type { TextKind } from "./definition_texts.ts";

/** A suspicion about a text, and the character at which it arose. */
export interface Suspicion {
  readonly rule: FindingRule;
  readonly severity: FindingSeverity;
  readonly at: number;
}

const TAGS = /[\u{e0000}-\u{e007f}]/u;
/** Flags of regions are a black flag and tags, ended by the last of them. */
const REGION_FLAGS = /\u{1f3f4}[\u{e0061}-\u{e007a}\u{e0030}-\u{e0039}]{1,6}\u{e007f}/gu;
const SELECTOR_RUN = /[\u{e0100}-\u{e01ef}\ufe00-\ufe0f]{2}/u;
const DIRECTION = /[\u202a-\u202e\u2066-\u2069]/u;
const ZERO_WIDTH =
  /[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0]/gu;
// deno-lint-ignore no-control-regex -- they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/u;
/** So many of them carry a message rather than shape a word. */
const MANY = 3;

/** Looks for characters that are not what they seem, or not to be seen. */
export function characterSuspicions(text: string, kind: TextKind): readonly Suspicion[] {
  const found: Suspicion[] = [];
  const note = (rule: FindingRule, severity: FindingSeverity, at: number) =>
    found.push({ rule, severity, at });
  const unflagged = text.replaceAll(REGION_FLAGS, (flag) => " ".repeat(flag.length));
  const tag = unflagged.search(TAGS);
  if (tag !== -1) note("invisible-text", "high", tag);
  const selectors = unflagged.search(SELECTOR_RUN);
  if (selectors !== -1) note("invisible-text", "high", selectors);
  const direction = text.search(DIRECTION);
  if (direction !== -1) note("bidirectional-text", "high", direction);
  const widthless = [...text.matchAll(ZERO_WIDTH)].filter((match) => !joinsScript(text, match));
  const [first] = widthless;
  const isName = kind === "name" || kind === "property";
  if (first !== undefined) {
    note("invisible-text", widthless.length >= MANY || isName ? "high" : "medium", first.index);
  }
  const control = text.search(CONTROLS);
  if (control !== -1) note("control-character", isName ? "high" : "medium", control);
  const mixed = mixedScripts(text, kind);
  if (mixed !== -1) note("mixed-scripts", isName ? "high" : "medium", mixed);
  return found;
}

/** Joiners shape words of many scripts, and emoji: between letters of Latin they do nothing. */
function joinsScript(text: string, match: RegExpExecArray): boolean {
  if (match[0] !== "\u200c" && match[0] !== "\u200d") return false;
  const before = text.slice(Math.max(0, match.index - 3), match.index);
  return /[\p{Extended_Pictographic}\ufe0f\u{1f3fb}-\u{1f3ff}]$/u.test(before) ||
    /[\p{L}\p{M}]$/u.test(before) && !/[\p{Script=Latin}]$/u.test(before);
}

const LATIN = /\p{Script=Latin}/gu;
const LOOKALIKE_SCRIPTS = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}]/u;
const FULL_WIDTH = /[\uff21-\uff3a\uff41-\uff5a]|[\u{1d400}-\u{1d7ff}]/u;
/** Shorter words are units and formulas: μs, Δx. */
const MIN_WORD = 4;

/** Where a word begins that is of Latin letters and of others that look like them; -1 for none. */
function mixedScripts(text: string, kind: TextKind): number {
  const isName = kind === "name" || kind === "property";
  for (const { 0: word, index } of text.matchAll(/[\p{L}\p{M}_]+/gu)) {
    const isLong = isName || word.length >= MIN_WORD;
    const latin = word.match(LATIN)?.length ?? 0;
    if (isLong && latin >= (isName ? 1 : 2) && LOOKALIKE_SCRIPTS.test(word)) return index;
    if (isName && FULL_WIDTH.test(word)) return index;
  }
  return -1;
}
