// style-ok jsdoc: each export is the built-in that its name says, receiver first where it has one.
/**
 * Built-ins as they were before any tool code ran. A tool shares our realm and may replace every
 * prototype method and global later; code that handles what a tool returns or throws calls these.
 * Import this module before the first line of tool code is evaluated.
 */

/** A method turned into a function that takes its receiver first. */
type Uncurried<Receiver, Args extends unknown[], Result> = (
  self: Receiver,
  ...args: Args
) => Result;

const { apply } = Reflect;

function uncurry<Receiver, Args extends unknown[], Result>(
  method: (this: Receiver, ...args: Args) => Result,
): Uncurried<Receiver, Args, Result> {
  return (self, ...args) => apply(method, self, args);
}

/** The getter of `name` on `prototype`; `undefined` as result where there is none. */
function getter<Result>(prototype: object, name: PropertyKey): (self: unknown) => Result {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  return (self) => {
    if (get === undefined) throw new TypeError("getter: not available");
    return apply(get, self, []);
  };
}

export const {
  apply: reflectApply,
  construct: reflectConstruct,
  get: reflectGet,
  getPrototypeOf: reflectGetPrototypeOf,
  getOwnPropertyDescriptor: reflectGetOwnPropertyDescriptor,
  ownKeys: reflectOwnKeys,
} = Reflect;
export const { create: objectCreate, keys: objectKeys, hasOwn: objectHasOwn } = Object;
export const { stringify: jsonStringify, parse: jsonParse } = JSON;
export const { isArray } = Array;
export const { isFinite: isFiniteNumber } = Number;
export const ObjectPrototype = Object.prototype;
export const ArrayPrototype = Array.prototype;
export const FunctionPrototype = Function.prototype;
export const StringCtor = String;
export const SetCtor = Set;
export const MapCtor = Map;
export const Uint8ArrayCtor = Uint8Array;
export const { isView: isArrayBufferView } = ArrayBuffer;
export const AsyncIteratorSymbol: typeof Symbol.asyncIterator = Symbol.asyncIterator;
export const IteratorSymbol: typeof Symbol.iterator = Symbol.iterator;

export const objectToString = uncurry(Object.prototype.toString);
export const functionToString = uncurry(Function.prototype.toString);
export const stringSlice = uncurry(String.prototype.slice);
export const stringSplit = uncurry<string, [string], string[]>(String.prototype.split);
export const stringCharCodeAt = uncurry(String.prototype.charCodeAt);
export const stringLastIndexOf = uncurry(String.prototype.lastIndexOf);
export const arrayJoin = uncurry<readonly string[], [string], string>(Array.prototype.join);
export const regExpExec = uncurry(RegExp.prototype.exec);

export const dateToISOString = uncurry(Date.prototype.toISOString);
export const dateGetTime = uncurry(Date.prototype.getTime);
export const bigintToString = uncurry(BigInt.prototype.toString);
export const numberValueOf = uncurry<object, [], number>(Number.prototype.valueOf);
export const stringValueOf = uncurry<object, [], string>(String.prototype.valueOf);
export const booleanValueOf = uncurry<object, [], boolean>(Boolean.prototype.valueOf);
export const bigintValueOf = uncurry<object, [], bigint>(BigInt.prototype.valueOf);
export const mapForEach = uncurry(Map.prototype.forEach);
export const mapGet = uncurry(Map.prototype.get);
export const mapSet = uncurry(Map.prototype.set);
export const setForEach = uncurry(Set.prototype.forEach);
export const setHas = uncurry(Set.prototype.has);
export const setAdd = uncurry(Set.prototype.add);
export const setDelete = uncurry(Set.prototype.delete);

const TypedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype);
export const typedArraySet = uncurry<Uint8Array, [ArrayLike<number>, number], void>(
  Uint8Array.prototype.set,
);
export const typedArrayBuffer = getter<ArrayBufferLike>(TypedArrayPrototype, "buffer");
export const typedArrayByteOffset = getter<number>(TypedArrayPrototype, "byteOffset");
export const typedArrayByteLength = getter<number>(TypedArrayPrototype, "byteLength");
export const dataViewBuffer = getter<ArrayBufferLike>(DataView.prototype, "buffer");
export const dataViewByteOffset = getter<number>(DataView.prototype, "byteOffset");
export const dataViewByteLength = getter<number>(DataView.prototype, "byteLength");
export const arrayBufferByteLength = getter<number>(ArrayBuffer.prototype, "byteLength");
/** Throws everywhere on an engine without shared memory. */
export const sharedBufferByteLength = getter<number>(
  typeof SharedArrayBuffer === "undefined" ? {} : SharedArrayBuffer.prototype,
  "byteLength",
);
export const regExpSource = getter<string>(RegExp.prototype, "source");
export const regExpFlags = getter<string>(RegExp.prototype, "flags");

const defineProperty: (
  target: object,
  key: PropertyKey,
  descriptor: PropertyDescriptor & { __proto__: null },
) => object = Object.defineProperty;

/** Adds `item` to the end of `list` without `push`, which a tool may have replaced. */
export function append<Item>(list: Item[], item: Item): void {
  // An own data property: a setter planted on Array.prototype cannot intercept it.
  defineProperty(list, list.length, {
    __proto__: null,
    value: item,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/** `value[key]`, or `undefined` where reading throws or `value` has no properties. */
export function safeGet(value: unknown, key: PropertyKey): unknown {
  if (!isObjectLike(value)) return undefined;
  try {
    return reflectGet(value, key);
  } catch {
    // A throwing getter or proxy trap means that there is nothing to read.
    return undefined;
  }
}

/** Whether `value` is an object or a function. */
export function isObjectLike(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
