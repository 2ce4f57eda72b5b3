import type { Conversion } from "./conversion.ts";
import { convertWebObject } from "./convert_web_object.ts";
import {
  append,
  ArrayPrototype,
  bigintValueOf,
  booleanValueOf,
  dateGetTime,
  dateToISOString,
  isFiniteNumber,
  mapForEach,
  numberValueOf,
  objectCreate,
  ObjectPrototype,
  objectToString,
  reflectApply,
  reflectGet,
  reflectGetOwnPropertyDescriptor,
  reflectGetPrototypeOf,
  regExpFlags,
  regExpSource,
  setForEach,
  stringValueOf,
} from "./primordials.ts";

/** Prototype chains longer than this are a proxy's doing. */
const MAX_CHAIN = 64;

/**
 * Decides how `value` looks in JSON. `key` is what its `toJSON` is given; `null` where `value` came
 * from one, since none is asked twice. A tag that lies about the kind of an object makes it an
 * ordinary one: only internal slots count.
 */
export function convertObject(value: object, key: string | null): Conversion {
  const builtIn = convertBuiltIn(value);
  if (builtIn !== null) return builtIn;
  const toJson = key === null ? null : ownToJson(value);
  if (toJson === null) return { kind: "plain" };
  const replaced = reflectApply(toJson, value, [key]);
  return replaced === value ? { kind: "plain" } : { kind: "by-to-json", value: replaced };
}

function convertBuiltIn(value: object): Conversion | null {
  const tag = objectToString(value);
  if (tag === "[object Object]" || tag === "[object Array]") return null;
  try {
    switch (tag) {
      case "[object Date]":
        return replace(
          isFiniteNumber(dateGetTime(value as Date)) ? dateToISOString(value as Date) : null,
        );
      case "[object RegExp]":
        return replace(`/${regExpSource(value)}/${regExpFlags(value)}`);
      case "[object Number]":
        return replace(numberValueOf(value));
      case "[object String]":
        return replace(stringValueOf(value));
      case "[object Boolean]":
        return replace(booleanValueOf(value));
      case "[object BigInt]":
        return replace(bigintValueOf(value));
      case "[object Error]":
      case "[object DOMException]":
        return replace(plainError(value));
      case "[object Map]":
        return replace(plainMap(value as Map<unknown, unknown>));
      case "[object Set]":
        return replace(plainSet(value as Set<unknown>));
      default:
        return convertWebObject(value, tag);
    }
  } catch {
    // The tag lied: the internal slot is missing. Treated as an ordinary object.
    return null;
  }
}

function replace(value: unknown): Conversion {
  return { kind: "value", value };
}

function plainError(error: object): object {
  const cause: unknown = reflectGet(error, "cause");
  const plain = {
    __proto__: null,
    name: reflectGet(error, "name"),
    message: reflectGet(error, "message"),
  };
  return cause === undefined ? plain : { ...plain, cause };
}

/** An object when every key is a string, else a list of pairs. */
function plainMap(map: Map<unknown, unknown>): object {
  const pairs: [unknown, unknown][] = [];
  let named = true;
  mapForEach(map, (value, key) => {
    named &&= typeof key === "string";
    append(pairs, [key, value]);
  });
  if (!named) return pairs;
  const plain: Record<string, unknown> = objectCreate(null);
  for (let index = 0; index < pairs.length; index++) {
    const pair = pairs[index]!;
    plain[pair[0] as string] = pair[1];
  }
  return plain;
}

function plainSet(set: Set<unknown>): unknown[] {
  const items: unknown[] = [];
  setForEach(set, (item) => append(items, item));
  return items;
}

/**
 * A `toJSON` method of the object itself or of its classes; one found on `Object.prototype` or
 * `Array.prototype` was planted there and does not count.
 */
function ownToJson(value: object): ((key: string) => unknown) | null {
  let holder: object | null = value;
  for (let depth = 0; depth < MAX_CHAIN && holder !== null; depth++) {
    if (holder === ObjectPrototype || holder === ArrayPrototype) return null;
    if (reflectGetOwnPropertyDescriptor(holder, "toJSON") !== undefined) {
      const method: unknown = reflectGet(holder, "toJSON", value);
      return typeof method === "function" ? method as (key: string) => unknown : null;
    }
    holder = reflectGetPrototypeOf(holder);
  }
  return null;
}
