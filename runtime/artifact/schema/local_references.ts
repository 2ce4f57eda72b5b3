import { isJsonObject, type JsonObject, type JsonValue } from "../../../spec/json.ts";

/** Steps that following references may take before they count as going in circles. */
const MAX_HOPS = 50;

/**
 * Where a `$ref` leads inside `root`.
 * @returns `null` where it leads nowhere, out of the schema, or in a circle of nothing but references.
 */
export function followReference(reference: string, root: JsonObject): JsonValue | null {
  let pointer = reference;
  for (let hops = 0; hops < MAX_HOPS; hops++) {
    const target = valueAt(pointer, root);
    if (target === undefined) return null;
    if (!isJsonObject(target)) return typeof target === "boolean" ? target : null;
    const next = target.$ref;
    if (typeof next !== "string") return target;
    pointer = next;
  }
  return null;
}

/** The value that a JSON pointer in a URL fragment names (RFC 6901, section 6). */
function valueAt(reference: string, root: JsonObject): JsonValue | undefined {
  if (reference === "#") return root;
  if (!reference.startsWith("#/")) return undefined;
  let value: JsonValue | undefined = root;
  for (const part of reference.slice(2).split("/")) {
    const key = unescapePart(part);
    if (key === undefined || typeof value !== "object" || value === null) return undefined;
    if (!Object.hasOwn(value, key)) return undefined;
    value = (value as JsonObject)[key];
  }
  return value;
}

function unescapePart(part: string): string | undefined {
  try {
    return decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch (error) {
    // Not a URL fragment at all.
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
