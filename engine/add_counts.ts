import { isJsonObject, type JsonObject, type JsonValue } from "../spec/json.ts";

/** Several objects of counts as one: numbers are added, flags hold where one holds. */
export function addCounts(all: readonly JsonObject[]): JsonObject {
  const sum: Record<string, JsonValue> = {};
  for (const counts of all) {
    for (const [name, value] of Object.entries(counts)) sum[name] = add(sum[name], value);
  }
  return sum;
}

function add(one: JsonValue | undefined, other: JsonValue): JsonValue {
  if (one === undefined) return other;
  if (typeof one === "number" && typeof other === "number") return one + other;
  if (isJsonObject(one) && isJsonObject(other)) return addCounts([one, other]);
  return one === true ? one : other;
}
