import { attacksWith } from "./attack.ts";

/** A thread that would say that it lives. */
const BODY = "data:text/javascript,postMessage(1);for(;;);";

/** What every way to get at `node:worker_threads` ends in. */
const START = `new Worker("for(;;);", { eval: true })`;

const refused = { codes: ["tool_error"] } as const;

/** Ways to start a thread, each of which must be refused before one exists. */
export const THREAD_ATTACKS = attacksWith({ contained: refused }, [
  {
    name: "the Worker global",
    source: `export const attack = () => { new Worker("${BODY}", { type: "module" }); return 1; };`,
  },
  {
    name: "Worker from a blob",
    source: `export function attack() {
      const url = URL.createObjectURL(new Blob(["for(;;);"], { type: "text/javascript" }));
      new Worker(url, { type: "module" });
      return 1;
    }`,
  },
  {
    name: "a class derived from Worker",
    source: `class Mine extends Worker {}
      export const attack = () => { new Mine("${BODY}", { type: "module" }); return 1; };`,
  },
  {
    name: "Reflect.construct with another target",
    source: `export function attack() {
      Reflect.construct(Worker, ["${BODY}", { type: "module" }], EventTarget);
      return 1;
    }`,
  },
  {
    name: "Worker given its prototype back",
    source: `export function attack() {
      Object.setPrototypeOf(Worker, EventTarget);
      new Worker("${BODY}", { type: "module" });
      return 1;
    }`,
  },
  {
    name: "Worker given Function.prototype",
    source: `export function attack() {
      try { Object.setPrototypeOf(Worker, Function.prototype); } catch { /* immutable */ }
      try { Worker.__proto__ = Function.prototype; } catch { /* immutable */ }
      new Worker("${BODY}", { type: "module" });
      return 1;
    }`,
  },
  {
    name: "what refuses, tampered with",
    source: `export function attack() {
      const refuses = Object.getPrototypeOf(Worker);
      try { Object.setPrototypeOf(refuses, EventTarget); } catch { /* no matter */ }
      globalThis.Error = function () { return Object.create(EventTarget.prototype); };
      Object.defineProperty(refuses, Symbol.hasInstance, { value: () => true });
      try { new Worker("${BODY}", { type: "module" }); return 1; } catch { throw "refused"; }
    }`,
  },
  {
    name: "Worker of another realm's making",
    source: `import vm from "node:vm";
      export const attack = () => vm.runInNewContext('new Worker("${BODY}")');`,
  },
  {
    name: "a static import of node:worker_threads",
    source: `import { Worker } from "node:worker_threads";
      export const attack = () => { ${START}; return 1; };`,
  },
  {
    name: "a static import without the prefix",
    source: `import { Worker } from "worker_threads";
      export const attack = () => { ${START}; return 1; };`,
    whileLoading: true,
  },
  {
    name: "a dynamic import",
    source: `export async function attack() {
      const { Worker } = await import("node:worker_threads");
      ${START};
      return 1;
    }`,
  },
  {
    name: "an opaque import",
    source: `export async function attack() {
      const name = ["node:worker", "threads"].join("_");
      const { default: { Worker } } = await import(name);
      ${START};
      return 1;
    }`,
  },
  {
    name: "a module that imports it from data",
    source: `export async function attack() {
      const text = 'export { Worker } from "node:worker_threads";';
      const { Worker } = await import("data:text/javascript," + encodeURIComponent(text));
      ${START};
      return 1;
    }`,
  },
  {
    name: "process.getBuiltinModule",
    source: `import process from "node:process";
      export function attack() {
        const { Worker } = process.getBuiltinModule("worker_threads");
        ${START};
        return 1;
      }`,
  },
  {
    name: "createRequire",
    source: `import { createRequire } from "node:module";
      export function attack() {
        const { Worker } = createRequire("file:///x.js")("worker_threads");
        ${START};
        return 1;
      }`,
  },
  {
    name: "a class derived from Node's Worker",
    source: `import { Worker } from "node:worker_threads";
      class Mine extends Worker { constructor() { super("for(;;);", { eval: true }); } }
      export const attack = () => { new Mine(); return 1; };`,
  },
  {
    name: "Node's Worker given another prototype",
    source: `import { Worker } from "node:worker_threads";
      import { EventEmitter } from "node:events";
      export function attack() {
        try { Object.setPrototypeOf(Worker, EventEmitter); } catch { /* immutable */ }
        Reflect.construct(Worker, ["for(;;);", { eval: true }], EventEmitter);
        return 1;
      }`,
  },
  {
    name: "child_process.fork",
    source: `import { fork } from "node:child_process";
      export const attack = () =>
        new Promise((resolve, reject) => fork("/tool/bundle.mjs").on("error", reject).on("spawn", resolve));`,
  },
  {
    name: "cluster.fork",
    source: `import cluster from "node:cluster";
      export const attack = () =>
        new Promise((resolve, reject) => {
          const worker = cluster.fork();
          worker.on("error", reject);
          worker.process.on("error", reject);
          worker.on("online", resolve);
        });`,
  },
  {
    name: "Deno.Command",
    source: `export const attack = () => { new Deno.Command(Deno.execPath()).spawn(); return 1; };`,
  },
]);
