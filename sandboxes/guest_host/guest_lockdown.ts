import workerThreads from "node:worker_threads";

/**
 * Takes away what Deno gives to every program without asking for a permission and no tool needs:
 * threads, storage that outlives the process, terminal dialogues, the engine's internals, ways to
 * end or signal the process. What remains is guarded by permissions.
 */
export function lockDown(): void {
  refuseThreads();
  for (const name of REMOVED_GLOBALS) Reflect.deleteProperty(globalThis, name);
  Reflect.deleteProperty(Navigator.prototype, "gpu");
  // The engine's internals, reachable through a symbol on the Deno namespace.
  for (const symbol of Object.getOwnPropertySymbols(Deno)) Reflect.deleteProperty(Deno, symbol);
  refuseMethods(Deno, ["exit", "kill", "openKv", "addSignalListener"]);
  Object.defineProperty(Deno, "stdin", { value: Object.freeze({}) });
}

const REMOVED_GLOBALS = [
  "localStorage",
  "sessionStorage",
  "Storage",
  "caches",
  "CacheStorage",
  "Cache",
  "alert",
  "confirm",
  "prompt",
  "close",
  "nodeBootstrap",
  "BroadcastChannel",
];

/**
 * A derived class calls its prototype as super constructor, whichever way the class was reached: a
 * global, an import of a built-in, `process.getBuiltinModule`. So a prototype that throws, made
 * immutable, refuses every thread before it exists.
 */
function refuseThreads(): void {
  for (const ThreadClass of [globalThis.Worker, workerThreads.Worker]) {
    Object.setPrototypeOf(ThreadClass, RefusedThread);
    Object.preventExtensions(ThreadClass);
  }
}

class RefusedThread {
  constructor() {
    throw new Error("Starting a worker: refused in a sandbox");
  }
}

/** Replaces methods by ones that throw, where they exist. */
export function refuseMethods(target: object, names: readonly string[]): void {
  for (const name of names) {
    if (!(name in target)) continue;
    Object.defineProperty(target, name, {
      value: () => {
        throw new Error(`Calling ${name}: refused in a sandbox`);
      },
      enumerable: true,
    });
  }
}
