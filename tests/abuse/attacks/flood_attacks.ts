import { attacksWith } from "./attack.ts";

const calm = { output: "calm" } as const;

/** Log output: what fits is kept, the rest counted, and the answer comes all the same. */
export const LOG_FLOODS = attacksWith({ contained: calm }, [
  {
    name: "console lines",
    source: `export function attack() {
      for (let i = 0; i < 2e4; i++) console.log("line", i);
      return "calm";
    }`,
  },
  {
    name: "one huge line",
    source:
      `export const attack = () => { console.error("x".repeat(8 * 2 ** 20)); return "calm"; };`,
  },
  {
    name: "lines that double when they are escaped",
    source: `export function attack() {
      for (let i = 0; i < 50; i++) console.log("\\u0000\\u001b".repeat(2048));
      return "calm";
    }`,
    limits: { outputBytes: 1024, logBytes: 256 * 1024 },
  },
  {
    name: "one escaped line as long as the log",
    source:
      `export const attack = () => { console.log("\\u0000".repeat(2 ** 20)); return "calm"; };`,
    limits: { outputBytes: 1024, logBytes: 1024 * 1024 },
  },
  {
    name: "raw stdout",
    source: `export function attack() {
      const bytes = new TextEncoder().encode("stray output\\n".repeat(1000));
      for (let i = 0; i < 100; i++) Deno.stdout.writeSync(bytes);
      return "calm";
    }`,
  },
  {
    name: "raw stderr",
    source: `export function attack() {
      const bytes = new TextEncoder().encode("stray error\\n".repeat(1000));
      for (let i = 0; i < 100; i++) Deno.stderr.writeSync(bytes);
      return "calm";
    }`,
  },
  {
    name: "binary",
    source: `import { writeSync } from "node:fs";
      export function attack() {
        const bytes = crypto.getRandomValues(new Uint8Array(65536));
        for (let i = 0; i < 20; i++) { writeSync(1, bytes); writeSync(2, bytes); }
        return "calm";
      }`,
  },
  {
    name: "console.table and groups, natively printed",
    source: `export function attack() {
      for (let i = 0; i < 200; i++) { console.group("g"); console.table([{ a: i }, { b: i }]); }
      return "calm";
    }`,
  },
  {
    name: "things that are slow to print",
    source: `export function attack() {
      const wide = {};
      for (let i = 0; i < 1e4; i++) wide["key" + i] = { wide: i };
      for (let i = 0; i < 20; i++) console.log(wide, new Proxy({}, { get() { throw 1; } }));
      return "calm";
    }`,
  },
]);

/** Floods that have no end but the one they are given. */
export const ENDLESS_FLOODS = attacksWith({
  contained: { codes: ["sandbox_crashed", "deadline_exceeded"] },
  limits: { timeoutMs: 5_000 },
}, [
  {
    name: "raw stdout without end",
    source: `export function attack() {
      const bytes = new Uint8Array(65536).fill(65);
      for (;;) Deno.stdout.writeSync(bytes);
    }`,
  },
  {
    name: "raw stderr without end",
    source: `export function attack() {
      const bytes = new Uint8Array(65536).fill(10);
      for (;;) Deno.stderr.writeSync(bytes);
    }`,
  },
  {
    name: "single bytes without end",
    source:
      `export function attack() { const one = new Uint8Array([10]); for (;;) Deno.stdout.writeSync(one); }`,
  },
  {
    name: "console without end",
    source: `export function attack() { for (;;) console.log("x".repeat(1000)); }`,
    limits: { timeoutMs: 1_500 },
  },
  {
    name: "console without end while loading",
    source: `for (;;) console.log("x".repeat(1000)); export const attack = 1;`,
    whileLoading: true,
  },
  {
    name: "rejections without end",
    source: `export function attack() {
      setInterval(() => { for (let i = 0; i < 1000; i++) Promise.reject(new Error("stray")); }, 0);
      return new Promise(() => {});
    }`,
    limits: { timeoutMs: 1_500 },
  },
  {
    name: "requests without end",
    source: `export function attack() {
      setInterval(() => { for (let i = 0; i < 500; i++) fetch("https://example.com/").catch(() => {}); }, 0);
      return new Promise(() => {});
    }`,
    limits: { timeoutMs: 1_500 },
    // What waits for an answer is kept, so memory may run out first.
    contained: { codes: ["sandbox_crashed", "deadline_exceeded", "resource_limit"] },
  },
]);

const tooMuch = { codes: ["resource_limit"], limit: "outputBytes" } as const;

/** Results that are larger than a call may answer. */
export const OUTPUT_FLOODS = attacksWith({ contained: tooMuch }, [
  { name: "huge string", source: `export const attack = () => "x".repeat(2 ** 24);` },
  { name: "huge array", source: `export const attack = () => new Array(1e6).fill(7);` },
  {
    name: "sparse array",
    source: `export function attack() { const a = []; a.length = 2 ** 32 - 1; return a; }`,
  },
  {
    name: "shared branches",
    source: `export function attack() {
      let tree = ["leaf"];
      for (let i = 0; i < 60; i++) tree = [tree, tree];
      return tree;
    }`,
  },
  { name: "huge buffer", source: `export const attack = () => new Uint8Array(2 ** 24);` },
  {
    name: "chunks without end",
    source: `export async function* attack() { for (;;) yield "x".repeat(1000); }`,
  },
  {
    name: "empty chunks without end",
    source: `export function* attack() { for (;;) yield ""; }`,
  },
  {
    name: "bytes without end",
    source: `export const attack = () => new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(65536)),
    });`,
  },
  {
    name: "a response without end",
    source: `export const attack = () => new Response(new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(65536)),
    }));`,
  },
  {
    name: "a proxy of any length",
    source: `export const attack = () => new Proxy([], {
      get: (target, key) => key === "length" ? 2 ** 53 : key === "toJSON" ? undefined : target[key],
    });`,
  },
  {
    name: "toJSON that grows",
    source: `export const attack = () => ({ toJSON: () => "y".repeat(2 ** 22) });`,
  },
  {
    name: "a measure that lies",
    source: `export function attack() {
      let looks = 0;
      return { get a() { return looks++ === 0 ? "" : "z".repeat(2 ** 22); } };
    }`,
  },
]);

/** Results that no JSON can say: the error says where. */
export const ODD_RESULTS = attacksWith({ contained: { codes: ["tool_error"] } }, [
  {
    name: "deep nesting",
    source: `export function attack() {
      let deep = [];
      for (let i = 0; i < 2000; i++) deep = [deep];
      return deep;
    }`,
  },
  {
    name: "nesting too deep to be walked",
    source: `export function attack() {
      let deep = {};
      for (let i = 0; i < 2e5; i++) deep = { deep };
      return deep;
    }`,
  },
  { name: "a cycle", source: `export const attack = () => { const a = {}; a.a = a; return a; };` },
  {
    name: "toJSON of toJSON",
    source: `export function attack() { const make = () => ({ toJSON: make }); return make(); }`,
  },
  {
    name: "a proxy without bottom",
    source: `export function attack() {
      const make = () => new Proxy({ a: 1 }, { get: (t, key) => key === "a" ? make() : undefined });
      return make();
    }`,
  },
  {
    name: "a revoked proxy",
    source: `export const attack = () => {
      const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return { a: [proxy] };
    };`,
  },
]);
