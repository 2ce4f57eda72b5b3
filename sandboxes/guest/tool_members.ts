import {
  append,
  ArrayPrototype,
  FunctionPrototype,
  isArray,
  isObjectLike,
  IteratorSymbol,
  mapForEach,
  objectHasOwn,
  objectKeys,
  ObjectPrototype,
  objectToString,
  reflectApply,
  reflectGetPrototypeOf,
  safeGet,
  StringCtor,
} from "./primordials.ts";
import { isFunction, recogniseTool, toolNameOf } from "./recognise_tool.ts";

/** One thing inside a container, under the name that a dotted path gives it. */
export interface Member {
  readonly key: string;
  readonly value: unknown;
}

/** More members than this are not looked at. */
const MAX_MEMBERS = 512;
/** Depth to which a value is searched for tools. */
const MAX_DEPTH = 2;
const MAX_CHAIN = 16;

/** Inherited properties by which classes hand out their tools. */
const TOOL_GETTERS = ["functions", "tools"] as const;
/** Methods without parameters by which classes hand out their tools. */
const TOOL_METHODS = ["getTools", "tools", "asTools", "toTools", "getFunctions"] as const;

/** Names that never lead to a tool. */
export function isForbiddenKey(key: string): boolean {
  return key === "__proto__" || key === "prototype" || key === "constructor" ||
    key === "__esModule" ||
    key === "module.exports";
}

/**
 * What `value` holds: properties, items of arrays, `Map`s and other iterables (named by the tool's
 * own name, else by position), and what an instance hands out through {@linkcode TOOL_GETTERS}.
 */
export function membersOf(value: unknown): readonly Member[] {
  const members: Member[] = [];
  if (!isObjectLike(value)) return members;
  try {
    if (objectToString(value) === "[object Map]") {
      mapForEach(value as Map<unknown, unknown>, (item, key) => {
        if (typeof key === "string") add(members, { key, value: item });
      });
      return members;
    }
    if (isArray(value)) {
      for (let index = 0; index < value.length && index < MAX_MEMBERS; index++) {
        addItem(members, safeGet(value, index));
      }
      return members;
    }
    addProperties(members, value);
    addItems(members, value);
    addHandedOut(members, value);
  } catch {
    // A proxy or an iterator that throws: what was found before it counts.
  }
  return members;
}

/** Whether `value` is a tool, or holds one within two levels. */
export function holdsTools(value: unknown, depth = 0): boolean {
  if (recogniseTool(value) !== null) return true;
  if (depth === MAX_DEPTH || !isObjectLike(value)) return false;
  const members = membersOf(value);
  for (let index = 0; index < members.length; index++) {
    if (holdsTools(members[index]!.value, depth + 1)) return true;
  }
  return false;
}

/** The member of that name; `undefined` where there is none. Never one of a built-in prototype. */
export function memberOf(value: unknown, key: string): unknown {
  if (!isObjectLike(value) || isForbiddenKey(key)) return undefined;
  let holder: object | null = value;
  try {
    for (
      let depth = 0;
      depth < MAX_CHAIN && holder !== null && !isBuiltInPrototype(holder);
      depth++
    ) {
      if (objectHasOwn(holder, key)) return safeGet(value, key);
      holder = reflectGetPrototypeOf(holder);
    }
  } catch {
    // A proxy that refuses to be looked at holds nothing.
    return undefined;
  }
  const members = membersOf(value);
  for (let index = 0; index < members.length; index++) {
    if (members[index]!.key === key) return members[index]!.value;
  }
  return undefined;
}

function isBuiltInPrototype(holder: object): boolean {
  return holder === ObjectPrototype || holder === ArrayPrototype || holder === FunctionPrototype;
}

function addProperties(members: Member[], value: object): void {
  const keys = objectKeys(value);
  const isInstance = !isFunction(value) && !isPlain(value);
  for (let index = 0; index < keys.length && index < MAX_MEMBERS; index++) {
    const key = keys[index]!;
    // What a class keeps to itself by convention it hands out under a better name.
    if (isForbiddenKey(key) || (isInstance && key[0] === "_")) continue;
    add(members, { key, value: safeGet(value, key) });
  }
}

/** An object literal, or a module's namespace. */
function isPlain(value: object): boolean {
  const prototype = reflectGetPrototypeOf(value);
  return prototype === ObjectPrototype || prototype === null;
}

/** Items of an iterable that is not a string, a buffer or a function. */
function addItems(members: Member[], value: object): void {
  const iterate = typeof value === "function" ? undefined : safeGet(value, IteratorSymbol);
  if (!isFunction(iterate) || ArrayBuffer.isView(value)) return;
  const iterator = reflectApply(iterate, value, []);
  const next = safeGet(iterator, "next");
  if (!isFunction(next)) return;
  for (let count = 0; count < MAX_MEMBERS; count++) {
    const step: unknown = reflectApply(next, iterator, []);
    if (!isObjectLike(step) || safeGet(step, "done")) return;
    addItem(members, safeGet(step, "value"));
  }
}

function addHandedOut(members: Member[], value: object): void {
  if (isFunction(value) || isPlain(value)) return;
  for (let index = 0; index < TOOL_GETTERS.length; index++) {
    const key = TOOL_GETTERS[index]!;
    const held = safeGet(value, key);
    if (isObjectLike(held) && !isFunction(held)) add(members, { key, value: held });
  }
  for (let index = 0; index < TOOL_METHODS.length; index++) {
    const method = safeGet(value, TOOL_METHODS[index]!);
    if (!isFunction(method) || method.length > 0) continue;
    const handedOut = membersOf(reflectApply(method, value, []));
    for (let item = 0; item < handedOut.length; item++) add(members, handedOut[item]!);
    return;
  }
}

function addItem(members: Member[], item: unknown): void {
  const name = isObjectLike(item) ? toolNameOf(item) : undefined;
  add(members, { key: name ?? StringCtor(members.length), value: item });
}

function add(members: Member[], member: Member): void {
  if (members.length < MAX_MEMBERS) append(members, member);
}
