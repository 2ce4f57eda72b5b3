import { canonicalJson } from "../../spec/canonical_json.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../spec/json.ts";
import type { DefinitionChange } from "../../spec/pin.ts";

const MAX_CHANGES = 200;
/** Objects nested deeper are told as a whole. */
const MAX_DEPTH = 12;

/** The members of a definition that differ, as deep as they can be told apart. */
export function diffDefinition(before: JsonObject, after: JsonObject): readonly DefinitionChange[] {
  const found: DefinitionChange[] = [];
  const compare = (pair: Pair, where: string, depth: number): void => {
    const { old, now } = pair;
    if (found.length >= MAX_CHANGES || isSame(old, now)) return;
    if (isJsonObject(old) && isJsonObject(now) && depth < MAX_DEPTH) {
      for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
        const at = `${where}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
        compare({ old: member(old, key), now: member(now, key) }, at, depth + 1);
      }
      return;
    }
    found.push({
      where,
      ...(old !== undefined && { before: old }),
      ...(now !== undefined && { after: now }),
    });
  };
  compare({ old: before, now: after }, "", 0);
  return found;
}

interface Pair {
  readonly old: JsonValue | undefined;
  readonly now: JsonValue | undefined;
}

function isSame(old: JsonValue | undefined, now: JsonValue | undefined): boolean {
  return old === now || canonicalJson(old) === canonicalJson(now);
}

function member(value: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
