import { attacksWith, ENDLESS } from "./attack.ts";

const contained = { codes: ["deadline_exceeded"], limit: "timeoutMs" } as const;

/** Code that never gives the sandbox back. */
export const ENDLESS_ATTACKS = attacksWith({ limits: ENDLESS, contained }, [
  { name: "busy loop", source: "export function attack() { for (;;); }" },
  {
    name: "busy loop that swallows what stops it",
    source:
      "export function attack() { for (;;) { try { for (;;); } catch {} finally { attack(); } } }",
  },
  {
    name: "microtasks without end",
    source: `export function attack() {
      const next = () => queueMicrotask(next);
      next();
      return new Promise(() => {});
    }`,
  },
  {
    name: "chain of promises without end",
    source: `export function attack() {
      const next = () => Promise.resolve().then(next);
      return next();
    }`,
    // Every link waits for the next one, so memory may run out first.
    contained: { codes: ["deadline_exceeded", "resource_limit"] },
  },
  {
    name: "process.nextTick without end",
    source: `import process from "node:process";
      export function attack() {
        const next = () => process.nextTick(next);
        next();
        return new Promise(() => {});
      }`,
  },
  {
    name: "regular expression that backtracks",
    source: `export const attack = () => /^(a+)+$/.test("a".repeat(64) + "b");`,
  },
  {
    name: "Atomics.wait",
    source: `export const attack = () =>
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`,
  },
  {
    name: "generator that yields nothing but turns",
    source: `export function* attack() { for (;;) { for (let i = 0; i < 1e9; i++); } }`,
  },
  {
    name: "iterator that never comes to an item",
    source: `export const attack = () => ({
      next() { for (;;); }, [Symbol.iterator]() { return this; },
    });`,
  },
  {
    name: "async iterator of unending waits",
    source: `export const attack = () => ({
      [Symbol.asyncIterator]() { return { next: () => new Promise(() => {}) }; },
    });`,
  },
  {
    name: "stream that never delivers",
    source:
      `export const attack = () => new ReadableStream({ pull: () => new Promise(() => {}) });`,
  },
  {
    name: "promise that never settles",
    source: "export const attack = () => new Promise(() => {});",
  },
  {
    name: "timers that starve",
    source: `export function attack() {
      for (let i = 0; i < 2000; i++) setInterval(() => { for (let j = 0; j < 1e6; j++); }, 0);
      return new Promise(() => {});
    }`,
  },
  {
    name: "native join without end",
    source: `export function attack() {
      const list = [];
      list.length = 2 ** 32 - 1;
      for (;;) list.indexOf(1);
    }`,
  },
  {
    name: "native sort with a comparator that never returns",
    source: "export const attack = () => [3, 1, 2].sort(() => { for (;;); });",
  },
  {
    name: "hashing on every thread",
    source: `import { pbkdf2 } from "node:crypto";
      export const attack = () => {
        for (let i = 0; i < 64; i++) pbkdf2("p", "s", 2 ** 31 - 1, 64, "sha512", () => {});
        return new Promise(() => {});
      };`,
  },
  {
    name: "huge integers",
    source:
      "export const attack = () => { let n = 3n; for (;;) n = n * n % (2n ** 90000n - 1n); };",
  },
]);

/** Modules that never finish loading. */
export const ENDLESS_LOADS = attacksWith({ limits: ENDLESS, whileLoading: true, contained }, [
  { name: "busy loop at the top level", source: "for (;;); export const attack = 1;" },
  {
    name: "top-level await for nothing",
    source: "await new Promise(() => {}); export const attack = 1;",
  },
  {
    name: "module that is a promise for nothing",
    source: "export function then() {} export const attack = 1;",
  },
  {
    name: "module that is a busy promise",
    source: "export function then() { for (;;); } export const attack = 1;",
  },
]);
