import type { Suspicion } from "./character_rules.ts";
import type { TextKind } from "./definition_texts.ts";

/** Longer than what tools need to be described, with much room. */
const LONG_CHARACTERS = 3_000;
const VERY_LONG_CHARACTERS = 16_000;
/** Empty room after which text is no longer seen where it is shown. */
const PADDING = /\n(?:[ \t\r]{0,80}\n){15}|[ \t\u00a0]{150}/;
const MAX_NAME_CHARACTERS = 100;
const MAX_NAME_WORDS = 6;

/** Looks for texts too long for their place, or with room to hide something in. */
export function sizeSuspicions(text: string, kind: TextKind): readonly Suspicion[] {
  const found: Suspicion[] = [];
  if (kind === "words" && text.length > LONG_CHARACTERS) {
    const severity = text.length > VERY_LONG_CHARACTERS ? "medium" : "low";
    found.push({ rule: "oversize", severity, at: 0 });
  }
  const padding = text.search(PADDING);
  if (padding !== -1) found.push({ rule: "oversize", severity: "medium", at: padding });
  if (kind !== "name" && kind !== "property") return found;
  const words = text.trim().split(/[\s_-]+|(?<=[a-z])(?=[A-Z])/).length;
  if (text.length > MAX_NAME_CHARACTERS || words > MAX_NAME_WORDS) {
    found.push({ rule: "odd-name", severity: "medium", at: 0 });
  }
  return found;
}
