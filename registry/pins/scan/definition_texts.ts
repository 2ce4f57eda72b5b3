import { isJsonObject, type JsonValue } from "../../../spec/json.ts";

/** What kind of place a text stands in. */
export type TextKind = "name" | "property" | "words" | "value";

/** A text of a definition, and where it stands. */
export interface DefinitionText {
  readonly text: string;
  /** JSON pointer. */
  readonly where: string;
  readonly kind: TextKind;
}

const MAX_TEXTS = 5_000;
/** Texts of a definition together; the rest is not looked at. */
const MAX_CHARACTERS = 256 * 1024;
const MAX_DEPTH = 100;

/** Keywords whose members are named by the author. */
const NAMING: ReadonlySet<string> = new Set([
  ...["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"],
]);
const WORDS: ReadonlySet<string> = new Set(["description", "title", "$comment"]);

/** All texts of a JSON Schema, names of properties included, within bounds. */
export function schemaTexts(schema: JsonValue, root: string): readonly DefinitionText[] {
  const found: DefinitionText[] = [];
  let characters = 0;
  const add = (text: DefinitionText) => {
    characters += text.text.length;
    if (found.length < MAX_TEXTS && characters <= MAX_CHARACTERS) found.push(text);
  };
  const open: Place[] = [{ value: schema, where: root, kind: "value", depth: 0 }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { value, where, kind, depth } = place;
    if (typeof value === "string") add({ text: value, where, kind });
    if (typeof value !== "object" || value === null || depth > MAX_DEPTH) continue;
    for (const [key, member] of Object.entries(value)) {
      const at = `${where}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      const isNamed = place.naming === true;
      if (isNamed) add({ text: key, where: at, kind: "property" });
      open.push({
        value: member,
        where: at,
        kind: WORDS.has(key) && !isNamed ? "words" : "value",
        naming: !isNamed && NAMING.has(key) && isJsonObject(member),
        depth: depth + 1,
      });
    }
  }
  return found;
}

interface Place {
  readonly value: JsonValue;
  readonly where: string;
  readonly kind: TextKind;
  /** Whether its keys are names that the author chose. */
  readonly naming?: boolean;
  readonly depth: number;
}
