import { attacksWith } from "./attack.ts";

/** What is done to the realm, as statements. */
const POLLUTIONS: Readonly<Record<string, string>> = {
  "Object.prototype": `
    Object.prototype.polluted = true; Object.prototype.type = "result"; Object.prototype.call = 1;
    Object.prototype.get = Object.prototype.value = () => 1;`,
  "Object.prototype with accessors": `
    for (const name of ["type", "call", "message", "code", "kind", "then", "toJSON"]) {
      Object.defineProperty(Object.prototype, name, {
        __proto__: null, configurable: true, get() { return "odd"; }, set() {},
      });
    }`,
  "Array.prototype": `
    for (const name of Object.getOwnPropertyNames(Array.prototype)) {
      if (name !== "length") Array.prototype[name] = () => { throw new Error("no arrays"); };
    }
    Array.prototype[Symbol.iterator] = function* () { yield "odd"; };
    Object.defineProperty(Array.prototype, 0, { __proto__: null, set() {}, get: () => "odd" });`,
  "Promise.prototype.then": `
    Promise.prototype.then = function () { return this; };
    Promise.prototype.catch = Promise.prototype.finally = () => {};`,
  "Promise.prototype.constructor": `
    Object.defineProperty(Promise.prototype, "constructor", { get() { throw 1; } });`,
  "the Promise global": "globalThis.Promise = class { static resolve() { throw 1; } };",
  "JSON": `JSON.stringify = () => '{"forged":true}'; JSON.parse = () => ({ type: "load" });`,
  "text encoding": `
    TextEncoder.prototype.encode = () => new Uint8Array(1e7);
    TextDecoder.prototype.decode = () => "odd";
    globalThis.TextEncoder = globalThis.TextDecoder = null;`,
  "Uint8Array": `
    const typed = Object.getPrototypeOf(Uint8Array.prototype);
    for (const name of ["set", "subarray", "slice", "fill"]) typed[name] = () => new Uint8Array(9);
    for (const name of ["length", "byteLength", "buffer", "byteOffset"]) {
      Object.defineProperty(typed, name, { get: () => 2 ** 31 });
    }
    Object.defineProperty(typed.constructor, Symbol.species, { get: () => Array });
    globalThis.Uint8Array = Array;`,
  "DataView": `
    for (const name of Object.getOwnPropertyNames(DataView.prototype)) {
      Object.defineProperty(DataView.prototype, name, { value: () => NaN });
    }`,
  "Map and Set": `
    for (const type of [Map, Set, WeakMap]) {
      for (const name of ["get", "set", "has", "delete", "add", "keys", "clear"]) {
        type.prototype[name] = () => { throw new Error("no maps"); };
      }
    }`,
  "Function.prototype": `
    for (const name of ["call", "apply", "bind", "toString"]) {
      Function.prototype[name] = () => { throw new Error("no calls"); };
    }`,
  "Reflect and Object": `
    for (const space of [Reflect, Object]) {
      for (const name of Object.getOwnPropertyNames(space)) {
        try { space[name] = () => { throw new Error("no reflection"); }; } catch { /* constant */ }
      }
    }`,
  "iterators": `
    const iterator = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
    iterator[Symbol.iterator] = () => { throw 1; };
    Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: false, value: "odd" });`,
  "the console": `
    for (const name of Object.keys(console)) console[name] = () => { throw 1; };
    globalThis.console = null;`,
  "fetch and timers": `
    globalThis.fetch = globalThis.setTimeout = globalThis.clearTimeout = () => { throw 1; };
    globalThis.queueMicrotask = globalThis.structuredClone = () => { throw 1; };`,
  "the clock": "performance.now = Date.now = () => -Infinity; globalThis.performance = null;",
  "AbortController": `
    globalThis.AbortController = null; AbortSignal.prototype.addEventListener = () => { throw 1; };`,
  "String.prototype": `
    for (const name of Object.getOwnPropertyNames(String.prototype)) {
      if (name !== "length") String.prototype[name] = () => "s".repeat;
    }`,
  "the process object": `
    globalThis.process = null; delete globalThis.Deno; Object.freeze(globalThis);`,
};

/**
 * A tool that ruins its realm before it answers. Its own answer may be odd, or none; anyone else's is
 * right.
 */
export const POLLUTION_ATTACKS = attacksWith({
  limits: { timeoutMs: 1_500 },
  contained: {
    mayAnswer: true,
    codes: ["tool_error", "sandbox_crashed", "resource_limit", "deadline_exceeded"],
  },
}, [
  ...Object.entries(POLLUTIONS).map(([name, statements]) => ({
    name: `${name}, before the answer`,
    source: `export function attack() { ${statements}\n return { own: ["answer", 1] }; }`,
  })),
  ...Object.entries(POLLUTIONS).map(([name, statements]) => ({
    name: `${name}, before a throw`,
    source: `export function attack() { ${statements}\n throw { message: "own" }; }`,
  })),
  ...Object.entries(POLLUTIONS).map(([name, statements]) => ({
    name: `${name}, before a stream`,
    source: `export async function* attack() { yield 1; ${statements}\n yield { two: [2] }; }`,
  })),
]);

/** Parameters and results whose keys are names of the language. */
export const ODD_KEYS = attacksWith({
  contained: {},
  params: JSON.parse(
    `{ "__proto__": { "polluted": 1 }, "constructor": { "prototype": { "polluted": 1 } } }`,
  ),
}, [
  {
    name: "parameters pollute no prototype",
    source: `export const attack = (params) =>
      [({}).polluted ?? null, Object.keys(params), Object.getPrototypeOf(params) === Object.prototype];`,
    contained: { output: [null, ["__proto__", "constructor"], true] },
  },
  {
    name: "results pollute no prototype",
    source: `export const attack = (params) => params;`,
    contained: {
      output: JSON.parse(
        `{ "__proto__": { "polluted": 1 }, "constructor": { "prototype": { "polluted": 1 } } }`,
      ),
    },
  },
]);
