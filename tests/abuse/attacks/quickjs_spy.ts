/**
 * Wraps what the language offers, while the module is loaded, and writes down every function of the
 * host's bridge that anything passes around: whoever held one could answer in the tool's stead, or
 * ask for what its owner did not ask for.
 */
export const QUICKJS_SPY = `
  const { apply, construct, ownKeys, defineProperty, getOwnPropertyDescriptor } = Reflect;
  const { push } = Array.prototype;
  const seen = [];
  const known = airlockHash;
  let looking = false;
  function look(value) {
    if (looking) return;
    looking = true;
    try {
      // By its own name: a host's function is called after what it does.
      if (typeof value === "function" && value !== known) {
        const name = getOwnPropertyDescriptor(value, "name");
        if (name && typeof name.value === "string" && name.value.startsWith("airlock:")) {
          apply(push, seen, [name.value]);
        }
      }
    } finally { looking = false; }
  }
  function wrap(owner, key) {
    let descriptor;
    try { descriptor = getOwnPropertyDescriptor(owner, key); } catch { return; }
    if (!descriptor || !descriptor.configurable || typeof descriptor.value !== "function") return;
    if (key === "constructor" || key === "startsWith") return;
    const original = descriptor.value;
    const spy = function (...args) {
      look(this);
      for (let i = 0; i < args.length; i++) {
        look(args[i]);
        if (typeof args[i] === "object" && args[i] !== null && !looking) {
          looking = true;
          let keys = [];
          try { keys = ownKeys(args[i]); } catch { /* a proxy that refuses */ }
          const values = [];
          for (let k = 0; k < keys.length && k < 50; k++) {
            const own = getOwnPropertyDescriptor(args[i], keys[k]);
            if (own) values[k] = own.value;
          }
          looking = false;
          for (let k = 0; k < values.length; k++) look(values[k]);
        }
      }
      return new.target ? construct(original, args, new.target) : apply(original, this, args);
    };
    defineProperty(spy, "name", { value: original.name });
    try { defineProperty(owner, key, { ...descriptor, value: spy }); } catch { /* constant */ }
  }
  const types = [Object, Function, Array, String, Number, Promise, Map, Set, WeakMap, WeakSet, RegExp,
    Error, Date, ArrayBuffer, DataView, Uint8Array, Object.getPrototypeOf(Uint8Array), TextEncoder,
    TextDecoder, URL, Headers, Request, Response, ReadableStream, TransformStream, AbortController,
    AbortSignal, EventTarget, Blob, FormData];
  for (const type of types) {
    for (const key of ownKeys(type.prototype)) wrap(type.prototype, key);
    if (type === Object || type === Array || type === Promise) {
      for (const key of ownKeys(type)) if (key !== "prototype") wrap(type, key);
    }
  }
  for (const space of [JSON, Math, Reflect]) for (const key of ownKeys(space)) wrap(space, key);
  // Whatever is stored under these names on an object without them passes by here.
  const names = ["log", "now", "wake", "random", "ask", "hash", "settle", "chunk",
    "resolve", "reject", "send", "answer", "bridge", "call", "deliver", "request"];
  for (const name of names) {
    defineProperty(Object.prototype, name, {
      configurable: true, get() { return undefined; },
      set(value) {
        look(value);
        defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true });
      },
    });
  }
  // Nor is one found from a stack, or from the frames that call the tool.
  Error.prepareStackTrace = (error, sites) => {
    for (const site of sites ?? []) {
      for (const ask of ["getThis", "getFunction"]) try { look(site[ask]?.()); } catch { /* none */ }
    }
    return "stack";
  };
  const caller = function () { try { look(caller.caller); look(arguments.callee.caller); } catch { /* strict */ } };
  export async function attack() {
    caller();
    // So that a spy which sees nothing is told from one that has nothing to see.
    const control = { "airlock:control": () => 1 }["airlock:control"];
    [].concat(control);
    console.log("talk", { a: [1] }, new Error("x").stack);
    await new Promise((resolve) => setTimeout(resolve, 5));
    Math.random(); crypto.getRandomValues(new Uint8Array(4)); crypto.randomUUID();
    const response = await fetch("https://a.example/", { method: "POST", body: "upload" })
      .then((answer) => answer.text(), () => "refused");
    return { seen, hash: getOwnPropertyDescriptor(known, "name").value, response };
  }`;
