import { isJsonObject, type JsonObject, type JsonValue } from "../../../spec/json.ts";
import { followReference } from "./local_references.ts";
import type { SchemaRepairer } from "./schema_repairer.ts";

const OTHER_REFERENCES: ReadonlySet<string> = new Set(["$dynamicRef", "$recursiveRef"]);

/**
 * A copy in which every `$ref` leads to a schema of the same document. A remote one is never
 * fetched: it is left out, and what stands beside it stays.
 */
export function withoutDeadReferences(root: JsonObject, repairer: SchemaRepairer): JsonObject {
  const copy = (value: JsonValue, at: string): JsonValue => {
    if (Array.isArray(value)) return value.map((item, index) => copy(item, `${at}/${index}`));
    if (!isJsonObject(value)) return value;
    const members: [string, JsonValue][] = [];
    for (const [key, member] of Object.entries(value)) {
      const isReference = typeof member === "string" &&
        (key === "$ref" || OTHER_REFERENCES.has(key));
      if (isReference && !isAlive(key, member, root)) {
        const where = /^#/.test(member) ? "leads nowhere" : "leads out of the schema";
        repairer.warn(at, `${key} left out: ${JSON.stringify(member.slice(0, 100))} ${where}`);
      } else {
        members.push([key, copy(member, `${at}/${key}`)]);
      }
    }
    return Object.fromEntries(members);
  };
  const copied = copy(root, "");
  return isJsonObject(copied) ? copied : root;
}

function isAlive(key: string, reference: string, root: JsonObject): boolean {
  return key === "$ref" && followReference(reference, root) !== null;
}
