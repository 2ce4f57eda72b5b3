import type {
  DefinitionFinding,
  FindingRule,
  FindingSeverity,
} from "../../spec/definition_finding.ts";
import type { JsonSchema } from "../../spec/json.ts";
import { characterSuspicions, type Suspicion } from "./scan/character_rules.ts";
import { type DefinitionText, schemaTexts } from "./scan/definition_texts.ts";
import { encodedTexts } from "./scan/encoded_text.ts";
import { plainText, tagText } from "./scan/plain_text.ts";
import { sizeSuspicions } from "./scan/size_rules.ts";
import { visibleExcerpt } from "./scan/visible_excerpt.ts";
import { WORDING_RULES } from "./scan/wording_rules.ts";

/** What a model is shown of a tool. */
export interface ScannedDefinition {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonSchema | null;
  readonly outputSchema: JsonSchema | null;
  /** Names of tools beside it, which it has no reason to speak of. */
  readonly otherTools?: readonly string[];
}

const MAX_FINDINGS = 50;
/** Characters of one text that are looked at. */
const MAX_TEXT = 64 * 1024;

const RANK: Readonly<Record<FindingSeverity, number>> = { high: 0, medium: 1, low: 2 };

/**
 * Looks through all that a model is shown of a tool for text that is meant to steer it. Findings are
 * for a person who decides: wording alone proves nothing, and its absence proves less.
 * @returns The gravest first, each rule once for each place.
 */
export function scanDefinition(definition: ScannedDefinition): readonly DefinitionFinding[] {
  const texts: readonly DefinitionText[] = [
    { text: definition.name, where: "/name", kind: "name" },
    { text: definition.description, where: "/description", kind: "words" },
    ...schemaTexts(definition.inputSchema ?? {}, "/inputSchema"),
    ...schemaTexts(definition.outputSchema ?? {}, "/outputSchema"),
  ];
  const others = (definition.otherTools ?? []).filter((name) =>
    name !== definition.name && isTelling(name)
  );
  return texts.flatMap((text) => scanText(text, others))
    .sort((a, b) => RANK[a.severity] - RANK[b.severity])
    .slice(0, MAX_FINDINGS);
}

function scanText(
  { text: whole, where, kind }: DefinitionText,
  others: readonly string[],
): DefinitionFinding[] {
  const text = whole.slice(0, MAX_TEXT);
  const gravest = new Map<FindingRule, DefinitionFinding>();
  const add = ({ rule, severity, at }: Suspicion, shown = text) => {
    const known = gravest.get(rule);
    if (known !== undefined && RANK[known.severity] <= RANK[severity]) return;
    gravest.set(rule, { rule, severity, where, excerpt: visibleExcerpt(shown, at) });
  };
  for (const one of characterSuspicions(text, kind)) add(one);
  for (const one of sizeSuspicions(text, kind)) add(one);
  const isOutOfPlace = kind !== "words";
  for (const reading of readings(text, kind)) {
    for (const { rule, severity, at } of wordingSuspicions(reading)) {
      // No name and no value is a place to give orders from.
      add(
        { rule, severity: isOutOfPlace && rule === "instruction" ? "high" : severity, at },
        reading,
      );
    }
  }
  for (const { at, decoded } of encodedTexts(text)) {
    add({ rule: "encoded-text", severity: isGrave(decoded) ? "high" : "medium", at });
  }
  if (kind === "words") {
    const named = others.find((name) => text.includes(name));
    if (named !== undefined) {
      add({ rule: "other-tool", severity: "medium", at: text.indexOf(named) });
    }
  }
  return [...gravest.values()];
}

/** A text as it may be read: as it stands, what hides in tags, and names as words. */
function readings(text: string, kind: DefinitionText["kind"]): readonly string[] {
  const hidden = tagText(text);
  const words = kind === "words" ? [] : [text.replaceAll(/[_-]+/g, " ")];
  return [plainText(text), ...words.map(plainText), ...(hidden === "" ? [] : [plainText(hidden)])];
}

function wordingSuspicions(plain: string): Suspicion[] {
  return WORDING_RULES.flatMap(({ rule, severity, pattern }) => {
    const at = plain.search(pattern);
    return at === -1 ? [] : [{ rule, severity, at }];
  });
}

/** Encoding an order is worse than giving it. */
function isGrave(decoded: string): boolean {
  return decoded !== "" && wordingSuspicions(plainText(decoded)).length > 0;
}

/** Common words are names of tools too: `search` in a sentence means nothing. */
function isTelling(name: string): boolean {
  return name.length >= 6 && /[_.-]|[a-z][A-Z]/.test(name);
}
