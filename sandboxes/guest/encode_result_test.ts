import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { encodeResult } from "./encode_result.ts";
import { EncodeError, OutputTooLargeError } from "./guest_errors.ts";

const MANY = { maxBytes: 1024 * 1024 };
const encode = (value: unknown) => encodeResult(value, MANY);

class Point {
  #secret = 1;
  constructor(readonly x: number, readonly y: number) {}
  get sum() {
    return this.x + this.y + this.#secret;
  }
}

/** As the package `color` does. */
class Shade {
  constructor(readonly level: number) {}
  toJSON() {
    return new Shade(this.level + 1);
  }
}

class Money {
  constructor(readonly cents: bigint) {}
  toJSON(key: string) {
    return { cents: this.cents, key };
  }
}

const nested = (depth: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
};

const TABLE: readonly (readonly [name: string, value: unknown, text: string])[] = [
  ["null", null, "null"],
  ["undefined on top", undefined, "null"],
  ["undefined in an object", { a: undefined, b: 1 }, '{"b":1}'],
  ["undefined in an array", [undefined, 1], "[null,1]"],
  ["a hole", [, 1], "[null,1]"],
  ["a lone surrogate", "\ud800", '"\\ud800"'],
  ["text beyond ASCII", "žluť 🐎", '"žluť 🐎"'],
  ["NaN and infinities", [NaN, Infinity, -Infinity, -0], "[null,null,null,0]"],
  ["a bigint", 2n ** 70n, '"1180591620717411303424"'],
  ["boxed primitives", [Object(1), Object("s"), Object(true), Object(5n)], '[1,"s",true,"5"]'],
  ["a date", new Date(0), '"1970-01-01T00:00:00.000Z"'],
  ["an invalid date", [new Date(NaN)], "[null]"],
  [
    "a map of strings",
    new Map<string, unknown>([["a", 1], ["__proto__", 2]]),
    '{"a":1,"__proto__":2}',
  ],
  ["a map of others", new Map<unknown, unknown>([[1, "x"], ["a", 2n]]), '[[1,"x"],["a","2"]]'],
  ["an empty map", new Map(), "{}"],
  ["a set", new Set([1, new Set([2])]), "[1,[2]]"],
  ["bytes", new Uint8Array([1, 2, 3]), '"AQID"'],
  ["a view of part of a buffer", new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4), '"AQID"'],
  ["wide numbers", new Uint16Array([1]), '"AQA="'],
  ["an array buffer", new Uint8Array([255]).buffer, '"/w=="'],
  ["a shared buffer", new SharedArrayBuffer(2), '"AAA="'],
  ["a data view", new DataView(new Uint8Array([1, 2, 3]).buffer, 1, 1), '"Ag=="'],
  ["a node buffer", Buffer.from("hello"), '"aGVsbG8="'],
  ["an error", new RangeError("far"), '{"name":"RangeError","message":"far"}'],
  [
    "an error with cause",
    new Error("x", { cause: new TypeError("y") }),
    '{"name":"Error","message":"x","cause":{"name":"TypeError","message":"y"}}',
  ],
  ["a DOM exception", new DOMException("m", "AbortError"), '{"name":"AbortError","message":"m"}'],
  ["a URL", { u: new URL("http://a.example/b?c") }, '{"u":"http://a.example/b?c"}'],
  ["a regular expression", /a\/b/gi, '"/a\\\\/b/gi"'],
  ["search parameters", new URLSearchParams("a=1&b=2&a=3"), '{"a":["1","3"],"b":"2"}'],
  ["headers", new Headers({ "X-A": "1" }), '{"x-a":"1"}'],
  ["a class instance", new Point(1, 2), '{"x":1,"y":2}'],
  ["toJSON of a class", { price: new Money(5n) }, '{"price":{"cents":"5","key":"price"}}'],
  ["own toJSON", { toJSON: () => [1] }, "[1]"],
  ["toJSON that gives another of its kind", [new Shade(1)], '[{"level":2}]'],
  [
    "toJSON inside of what toJSON gave",
    { toJSON: () => [new Money(1n)] },
    '[{"cents":"1","key":"0"}]',
  ],
  ["a date that toJSON gave", { toJSON: () => new Date(0) }, '"1970-01-01T00:00:00.000Z"'],
  ["a toJSON that is no function", { toJSON: 5 }, '{"toJSON":5}'],
  ["an object without prototype", Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
  [
    "own __proto__ keys",
    JSON.parse('{"__proto__":{"a":1},"b":{"__proto__":2}}'),
    '{"__proto__":{"a":1},"b":{"__proto__":2}}',
  ],
  ["symbol keys", { [Symbol("s")]: 1, a: 2 }, '{"a":2}'],
  ["an array with extra properties", Object.assign([1], { extra: 2 }), "[1]"],
  ["a subclass of Array", Reflect.construct(class extends Array {}, [3, 4]), "[3,4]"],
  ["a shared reference", ((shared) => [shared, shared])({ a: 1n }), '[{"a":"1"},{"a":"1"}]'],
  ["a false tag", { [Symbol.toStringTag]: "Map", a: 1n }, '{"a":"1"}'],
  ["depth 200", nested(200), `${"[".repeat(200)}1${"]".repeat(200)}`],
];

for (const [name, value, text] of TABLE) {
  Deno.test(`encodeResult() encodes ${name}`, () => {
    assert.equal(encode(value), text);
    // Both ways, the fast and the careful, agree: a bigint beside it forces the careful one.
    assert.equal(encode([value, 0n]), `[${text},"0"]`);
  });
}

Deno.test("encodeResult() counts UTF-8 bytes exactly", () => {
  for (const value of ["ž".repeat(10), ["🐎"], { a: 5n, b: "ž" }]) {
    const text = encode(value);
    const exact = new TextEncoder().encode(text).length;
    assert.equal(encodeResult(value, { maxBytes: exact }), text);
    assert.throws(() => encodeResult(value, { maxBytes: exact - 1 }), OutputTooLargeError);
  }
});

Deno.test("encodeResult() notices what expands before it is built", () => {
  let shared: unknown = ["x".repeat(100)];
  for (let level = 0; level < 60; level++) shared = [shared, shared];
  const huge: readonly (readonly [string, unknown])[] = [
    ["a shared reference, 2^60 times", shared],
    ["the same the careful way", [0n, shared]],
    ["an endless hole", new Array(2 ** 32 - 1)],
    ["the same the careful way", [0n, new Array(2 ** 32 - 1)]],
    ["a proxy of a list without end", [
      0n,
      new Proxy([], { get: (_, key) => key === "length" ? 1e15 : 0 }),
    ]],
    ["bytes", new Uint8Array(64 * 1024 * 1024)],
    ["a long string", "x".repeat(64 * 1024 * 1024)],
  ];
  for (const [name, value] of huge) {
    const startedAt = performance.now();
    assert.throws(() => encode(value), OutputTooLargeError, name);
    assert.ok(performance.now() - startedAt < 2000, `${name}: took too long`);
  }
});

Deno.test("encodeResult() does not follow a proxy that makes children for ever", () => {
  const endless: unknown = new Proxy({}, {
    ownKeys: () => ["a"],
    getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }),
    get: (_, key) => key === "a" ? endlessCopy() : undefined,
  });
  const endlessCopy = () =>
    new Proxy({}, { ...handlerOf(), get: (_, key) => key === "a" ? endlessCopy() : undefined });
  const handlerOf = () => ({
    ownKeys: () => ["a"],
    getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }),
  });
  assert.throws(() => encode(endless), EncodeError);
});

Deno.test("encodeResult() ignores built-ins that a tool replaced", () => {
  const saved = {
    stringify: JSON.stringify,
    keys: Object.keys,
    iterator: Array.prototype[Symbol.iterator],
    push: Array.prototype.push,
    join: Array.prototype.join,
    has: Set.prototype.has,
    forEach: Map.prototype.forEach,
    iso: Date.prototype.toISOString,
    isArray: Array.isArray,
    call: Function.prototype.call,
    apply: Function.prototype.apply,
    code: String.prototype.charCodeAt,
  };
  const lie = () => "forged";
  const planted = (target: object, key: string) =>
    Object.defineProperty(target, key, { value: lie, configurable: true, writable: true });
  const value = { list: [1, "two", { deep: true }], when: new Date(0), map: new Map([["k", 1n]]) };
  const plain = { list: [1, "two", { deep: true }] };
  let texts: string[];
  try {
    planted(Object.prototype, "toJSON");
    planted(Array.prototype, "toJSON");
    planted(String.prototype, "toJSON");
    planted(BigInt.prototype, "toJSON");
    JSON.stringify = lie;
    Object.keys = () => ["forged"];
    Array.prototype[Symbol.iterator] = () => new Map().values();
    Array.prototype.push = () => 0;
    Array.prototype.join = lie;
    Set.prototype.has = () => false;
    Map.prototype.forEach = () => {};
    Date.prototype.toISOString = lie;
    String.prototype.charCodeAt = () => 0;
    Function.prototype.call = lie;
    Function.prototype.apply = lie;
    texts = [encode(value), encode(plain)];
  } finally {
    JSON.stringify = saved.stringify;
    Object.keys = saved.keys;
    Array.prototype[Symbol.iterator] = saved.iterator;
    Array.prototype.push = saved.push;
    Array.prototype.join = saved.join;
    Set.prototype.has = saved.has;
    Map.prototype.forEach = saved.forEach;
    Date.prototype.toISOString = saved.iso;
    Function.prototype.call = saved.call;
    Function.prototype.apply = saved.apply;
    String.prototype.charCodeAt = saved.code;
    for (const target of [Object.prototype, Array.prototype, String.prototype, BigInt.prototype]) {
      Reflect.deleteProperty(target, "toJSON");
    }
  }
  assert.deepEqual(texts, [
    '{"list":[1,"two",{"deep":true}],"when":"1970-01-01T00:00:00.000Z","map":{"k":"1"}}',
    '{"list":[1,"two",{"deep":true}]}',
  ]);
});

Deno.test("encodeResult() pollutes nothing", () => {
  encode(new Map([["__proto__", { polluted: true }]]));
  encode(new URLSearchParams("__proto__=1&__proto__=2"));
  assert.equal(Reflect.get({}, "polluted"), undefined);
});
