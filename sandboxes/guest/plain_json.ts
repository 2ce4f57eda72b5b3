import {
  ArrayPrototype,
  isArray,
  objectKeys,
  ObjectPrototype,
  reflectGetPrototypeOf,
} from "./primordials.ts";

/** Deeper values go the slow way, which says where the depth was exceeded. */
const MAX_PLAIN_DEPTH = 128;

/** What {@linkcode measurePlain} answers for a value that `JSON.stringify` alone would get wrong. */
export const NOT_PLAIN = -1;

/**
 * A lower bound of the JSON text's length in UTF-16 units, or {@linkcode NOT_PLAIN} unless `value`
 * is made of plain objects, arrays and primitives only, without a `toJSON` anywhere. Stops as soon
 * as the bound passes `limit`: shared references cannot make it expand without end.
 */
export function measurePlain(value: unknown, limit: number): number {
  return measure(value, limit, 0);
}

function measure(value: unknown, limit: number, depth: number): number {
  switch (typeof value) {
    case "string":
      return value.length + 2;
    case "number":
    case "boolean":
      return 1;
    case "undefined":
      return 0;
    case "object":
      break;
    default:
      return NOT_PLAIN;
  }
  if (value === null) return 4;
  if (depth === MAX_PLAIN_DEPTH) return NOT_PLAIN;
  // Reads through the prototypes on purpose: a `toJSON` planted there counts as well.
  if ((value as { toJSON?: unknown }).toJSON !== undefined) return NOT_PLAIN;
  const prototype = reflectGetPrototypeOf(value);
  let total = 2;
  if (isArray(value)) {
    if (prototype !== ArrayPrototype) return NOT_PLAIN;
    total += value.length;
    for (let index = 0; index < value.length && total <= limit; index++) {
      const size = measure(value[index], limit - total, depth + 1);
      if (size === NOT_PLAIN) return NOT_PLAIN;
      total += size;
    }
    return total;
  }
  if (prototype !== ObjectPrototype && prototype !== null) return NOT_PLAIN;
  const keys = objectKeys(value);
  for (let index = 0; index < keys.length && total <= limit; index++) {
    const key = keys[index]!;
    const size = measure((value as Record<string, unknown>)[key], limit - total, depth + 1);
    if (size === NOT_PLAIN) return NOT_PLAIN;
    // An undefined property vanishes with its key.
    total += size === 0 ? 0 : size + key.length + 4;
  }
  return total;
}
