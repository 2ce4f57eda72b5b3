import { attacksWith } from "./attack.ts";

const outOfMemory = { codes: ["resource_limit"], limit: "memoryBytes" } as const;

/** Bombs on the JavaScript heap: bounded by the engine itself at every level. */
export const HEAP_BOMBS = attacksWith({ contained: outOfMemory }, [
  {
    name: "array that grows",
    source: "export function attack() { const a = []; for (;;) a.push({ a }); }",
  },
  {
    name: "string that doubles",
    // Flattened by the lookup, else a doubled string is a few bytes.
    source: `export function attack() {
      const kept = [];
      for (let s = "airlock"; ; ) {
        try { s = s + s + kept.length; } catch { s = "airlock" + kept.length; }
        kept.push(s.split("").join("-")); s.charCodeAt(s.length - 1);
      }
    }`,
  },
  {
    name: "Map that grows",
    source: "export function attack() { let i = 0; for (const m = new Map();;) m.set(i, [i++]); }",
  },
  {
    name: "closures that remember",
    source: "export function attack() { let f = null; for (;;) { const g = f; f = () => g; } }",
  },
  {
    name: "bomb that catches what it throws",
    source: `export function attack() {
      const a = [];
      for (;;) { try { for (;;) a.push(new Array(1e5).fill(a.length)); } catch { a.push({}); } }
    }`,
  },
  {
    name: "bomb in the module",
    source: "const a = []; for (;;) a.push({ a }); export const attack = 1;",
    whileLoading: true,
  },
]);

/** Memory beside the heap: a refused allocation is the tool's error, a taken one kills. */
const refusedOrKilled = { codes: ["resource_limit", "tool_error", "sandbox_crashed"] } as const;

/** Bombs beside the heap: `prlimit` refuses them where there is one, the RSS watch kills elsewhere. */
export const BUFFER_BOMBS = attacksWith({ contained: refusedOrKilled }, [
  {
    name: "ArrayBuffers that are written",
    source: `export function attack() {
      const kept = [];
      for (;;) kept.push(new Uint8Array(16 * 2 ** 20).fill(1));
    }`,
  },
  {
    name: "one ArrayBuffer of eight gigabytes",
    source: `export function attack() {
      const all = new Uint8Array(8 * 2 ** 30);
      for (let at = 0; ; at = (at + 4096) % all.length) all[at] = 1;
    }`,
  },
  {
    name: "many small buffers",
    source: `export function attack() {
      const kept = [];
      for (;;) kept.push(new Uint8Array(4096).fill(1));
    }`,
  },
  {
    name: "SharedArrayBuffer",
    source: `export function attack() {
      const kept = [];
      for (;;) kept.push(new Uint8Array(new SharedArrayBuffer(16 * 2 ** 20)).fill(1));
    }`,
  },
  {
    name: "resizable ArrayBuffer",
    source: `export function attack() {
      const buffer = new ArrayBuffer(0, { maxByteLength: 4 * 2 ** 30 });
      for (let size = 2 ** 20; ; size += 2 ** 20) {
        buffer.resize(size);
        new Uint8Array(buffer).fill(1);
      }
    }`,
  },
  {
    name: "WebAssembly memory that grows",
    source: `export function attack() {
      const memory = new WebAssembly.Memory({ initial: 1 });
      for (;;) { memory.grow(256); new Uint8Array(memory.buffer).fill(1); }
    }`,
  },
  {
    name: "WebAssembly memories without number",
    source: `export function attack() {
      const kept = [];
      for (;;) {
        const memory = new WebAssembly.Memory({ initial: 256 });
        new Uint8Array(memory.buffer).fill(1);
        kept.push(memory);
      }
    }`,
  },
  {
    name: "Node buffers from a pool",
    source: `import { Buffer } from "node:buffer";
      export function attack() {
        const kept = [];
        for (;;) kept.push(Buffer.alloc(2 ** 20, 1));
      }`,
  },
  {
    name: "Blobs",
    source: `export function attack() {
      const kept = [];
      for (;;) kept.push(new Blob([new Uint8Array(2 ** 20).fill(1)]));
    }`,
  },
  {
    name: "decompression",
    source: `import { gzipSync, gunzipSync } from "node:zlib";
      export function attack() {
        const kept = [];
        const small = gzipSync(new Uint8Array(32 * 2 ** 20));
        for (;;) kept.push(gunzipSync(small).fill(1));
      }`,
  },
]);

/** Stacks: an exception in JavaScript, whatever overflows it natively. */
export const STACK_BOMBS = attacksWith({ contained: { codes: ["tool_error"] } }, [
  { name: "deep recursion", source: "export const attack = () => attack() + 1;" },
  {
    name: "recursion of the parser",
    source: `export const attack = () => (0, eval)("[".repeat(1e5) + "]".repeat(1e5));`,
  },
  {
    name: "recursion of JSON",
    source: `export const attack = () => JSON.parse("[".repeat(1e6));`,
  },
  {
    name: "recursion of a regular expression's parser",
    source: `export const attack = () => new RegExp("(".repeat(1e5) + ")".repeat(1e5));`,
  },
  {
    name: "recursion through proxies",
    source: `export function attack() {
      let proxy = {};
      for (let i = 0; i < 1e5; i++) proxy = new Proxy(proxy, {});
      return proxy.anything.else;
    }`,
  },
  {
    name: "recursion of toString",
    source: `export function attack() { const a = {}; a.toString = () => a + ""; return a + ""; }`,
  },
]);
