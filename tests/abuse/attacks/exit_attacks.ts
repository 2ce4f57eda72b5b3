import { attacksWith } from "./attack.ts";

/** Refused, or it ends its own process: either way a typed failure of this call alone. */
const ended = { codes: ["tool_error", "sandbox_crashed", "resource_limit"] } as const;

/** Ways to leave early. */
export const EXIT_ATTACKS = attacksWith({ contained: ended }, [
  { name: "Deno.exit", source: "export const attack = () => Deno.exit(0);" },
  { name: "process.exit", source: "export const attack = () => process.exit(0);" },
  {
    name: "process.exit of the module",
    source: `import { exit } from "node:process"; export const attack = () => exit(0);`,
  },
  {
    name: "process.reallyExit",
    source:
      `import process from "node:process"; export const attack = () => process.reallyExit(0);`,
  },
  {
    name: "process.abort",
    source: `import process from "node:process"; export const attack = () => process.abort();`,
  },
  {
    name: "process.kill of itself",
    source: `import process from "node:process";
      export const attack = () => { process.kill(process.pid, "SIGKILL"); throw "killed"; };`,
  },
  {
    name: "Deno.kill of its parent",
    source: `export const attack = () => { Deno.kill(Deno.ppid, "SIGKILL"); throw "killed"; };`,
  },
  { name: "close", source: "export const attack = () => close();" },
  {
    name: "exit while loading",
    source: `import process from "node:process"; process.exit(0); export const attack = 1;`,
    whileLoading: true,
  },
  {
    name: "an exit code that says memory",
    source: `import process from "node:process"; export const attack = () => process.exit(133);`,
  },
  {
    name: "crash by native syntax",
    source: `import v8 from "node:v8";
      export function attack() {
        v8.setFlagsFromString("--allow-natives-syntax");
        return (0, eval)("%SystemBreak()");
      }`,
  },
  {
    name: "a larger heap by flags",
    source: `import v8 from "node:v8";
      export function attack() {
        try { v8.setFlagsFromString("--max-old-space-size=65536"); } catch { /* refused */ }
        try { v8.setFlagsFromString("--max-heap-size=65536"); } catch { /* refused */ }
        const kept = [];
        for (;;) kept.push(new Array(1000).fill({}));
      }`,
  },
  {
    name: "a deeper stack by flags",
    source: `import v8 from "node:v8";
      export function attack() {
        try { v8.setFlagsFromString("--stack-size=1000000"); } catch { /* refused */ }
        const dive = () => dive() + 1;
        setTimeout(dive, 0);
        return new Promise(() => {});
      }`,
    limits: { timeoutMs: 3_000 },
    contained: { codes: [...ended.codes, "deadline_exceeded"] },
  },
  {
    name: "closing the channel",
    source: `import { closeSync } from "node:fs";
      export function attack() {
        closeSync(1);
        try { Deno.stdout.close(); } catch { /* closed */ }
        return 1;
      }`,
    limits: { timeoutMs: 1_500 },
    contained: { codes: [...ended.codes, "deadline_exceeded"] },
  },
  {
    name: "closing what it listens to",
    source: `import { closeSync } from "node:fs";
      export function attack() { closeSync(0); throw "closed"; }`,
  },
  {
    name: "error in a timer",
    source: `export function attack() {
      setTimeout(() => { throw new Error("stray"); }, 0);
      return new Promise((resolve, reject) => setTimeout(reject, 200, "after"));
    }`,
  },
  {
    name: "rejection that nobody handles",
    source: `export function attack() {
      Promise.reject(new Error("stray"));
      return new Promise((resolve, reject) => setTimeout(reject, 200, "after"));
    }`,
  },
  {
    name: "stray error whose event is tampered with",
    source: `export function attack() {
      Event.prototype.preventDefault = () => {};
      Promise.reject({ get message() { throw 1; } });
      return new Promise((resolve, reject) => setTimeout(reject, 200, "after"));
    }`,
  },
  {
    name: "native recursion in a stray error",
    source: `export function attack() {
      const deep = () => { try { deep(); } finally { new RegExp("(".repeat(1e4)); } };
      deep();
    }`,
    limits: { timeoutMs: 3_000 },
    contained: { codes: [...ended.codes, "deadline_exceeded"] },
  },
]);
