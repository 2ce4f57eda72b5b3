import { attacksWith, ENDLESS } from "./attack.ts";

const overdue = { codes: ["deadline_exceeded"], limit: "timeoutMs" } as const;
/** Every link of some loops is kept by the one before, so memory may run out first. */
const overdueOrFull = { codes: ["deadline_exceeded", "resource_limit"] } as const;

/** Queues of promise jobs that never run dry: no interrupt of the engine falls between two jobs. */
export const JOB_LOOPS = attacksWith({ limits: ENDLESS, contained: overdue }, [
  {
    name: "jobs that follow themselves, also where one fails",
    source: `export const attack = () => {
      const next = () => Promise.resolve().then(next).catch(next);
      return next();
    };`,
    contained: overdueOrFull,
  },
  {
    name: "jobs that always fail",
    source: `export const attack = () => new Promise(() => {
      const next = () => { queueMicrotask(next); throw new Error("again"); };
      queueMicrotask(next);
    });`,
    // Nobody can catch the first error: the call ends with it.
    contained: { codes: ["tool_error"] },
  },
  {
    name: "awaiting for ever",
    source: "export async function attack() { for (;;) await null; }",
  },
  {
    name: "awaiting what was rejected for ever",
    source:
      "export async function attack() { for (;;) try { await Promise.reject(1); } catch { /* on */ } }",
  },
  {
    name: "a generator that turns for ever",
    source: `export async function attack() {
      async function* turn() { for (;;) yield null; }
      for await (const _ of turn()) { /* on */ }
    }`,
  },
  {
    name: "a queue that doubles",
    source: `export const attack = () => new Promise(() => {
      const next = () => { queueMicrotask(next); queueMicrotask(next); };
      next();
    });`,
    contained: overdueOrFull,
  },
  {
    name: "a thenable that resolves to itself again and again",
    source: `export const attack = () => {
      const again = { then(resolve) { resolve({ then: again.then }); } };
      return again;
    };`,
    contained: overdueOrFull,
  },
  {
    name: "jobs while loading",
    source: `const next = () => Promise.resolve().then(next).catch(next);
      await next();
      export const attack = 1;`,
    whileLoading: true,
    contained: overdueOrFull,
  },
  {
    name: "jobs that go on after the answer",
    source: `export const attack = () => {
      const next = () => queueMicrotask(next);
      next();
      return "well";
    };`,
    contained: { output: "well" },
  },
]);

/** One step of native code each, within which nothing looks at the clock: the process is killed. */
export const NATIVE_STALLS = attacksWith({ limits: ENDLESS, contained: overdue }, [
  {
    name: "join of a billion holes",
    source: `export const attack = () => { const a = []; a.length = 1e9; return a.join(""); };`,
    // The text of the commas does not fit either.
    contained: overdueOrFull,
  },
  {
    name: "search for what is almost there",
    source: `export const attack = () => {
      const text = "a".repeat(4e6), almost = "a".repeat(2e6) + "b";
      return text.indexOf(almost);
    };`,
  },
  {
    name: "search again and again",
    source: `export const attack = () => {
      const a = []; a.length = 2 ** 32 - 1;
      for (;;) a.indexOf(1);
    };`,
  },
  {
    name: "copyWithin of what has no end",
    source: `export const attack = () =>
      Array.prototype.copyWithin.call({ length: 2 ** 53 - 1 }, 0, 1);`,
  },
  {
    name: "reverse of what has no end",
    source: "export const attack = () => Array.prototype.reverse.call({ length: 2 ** 53 - 1 });",
  },
  {
    name: "includes in what has no end",
    source:
      "export const attack = () => Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1);",
  },
  {
    name: "a power of a million digits, as text",
    source: `export const attack = () => (3n ** 2_000_000n).toString().length;`,
    contained: { codes: [...overdueOrFull.codes, "tool_error"], mayAnswer: true },
  },
  {
    name: "a stall while loading",
    source: `Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1);
      export const attack = 1;`,
    whileLoading: true,
  },
  {
    name: "a stall in a timer",
    source: `export const attack = () => new Promise(() => setTimeout(() => {
      Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1);
    }, 1));`,
  },
  {
    name: "a stall in the encoding of its result",
    source: `export const attack = () => ({
      toJSON: () => Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1),
    });`,
  },
]);

/** Recursion of the code of the engine itself: it costs its own instance, never more than that. */
const overflow = {
  codes: ["tool_error", "resource_limit", "deadline_exceeded", "sandbox_crashed"],
  mayAnswer: true,
} as const;

const NESTED_TEXTS: Readonly<Record<string, string>> = {
  parentheses: `"(".repeat(1e5)`,
  braces: `"{".repeat(1e5)`,
  "object literals": `"({a:".repeat(1e5)`,
  templates: "'`${'.repeat(1e5)",
  functions: `"function f(){".repeat(5e4)`,
  arrows: `"()=>".repeat(1e5) + "1"`,
  classes: `"class A extends ".repeat(5e4)`,
  "unary operators": `"!".repeat(1e6) + "1"`,
  "member access": `"a" + ".b".repeat(1e5)`,
  "conditional expressions": `"1?".repeat(1e5) + "1" + ":1".repeat(1e5)`,
  statements: `"if(1)".repeat(1e5) + ";"`,
  destructuring: `"var " + "[".repeat(1e5)`,
};

export const RECURSIONS = attacksWith({ limits: { timeoutMs: 10_000 }, contained: overflow }, [
  ...Object.entries(NESTED_TEXTS).map(([name, text]) => ({
    name: `parser: nested ${name}`,
    source: `export const attack = () => { (0, eval)(${text}); return "parsed"; };`,
  })),
  {
    name: "parser: nested groups of a regular expression",
    source:
      `export const attack = () => String(new RegExp("(?:".repeat(1e5) + ")".repeat(1e5))).length;`,
  },
  {
    name: "parser: nested JSON objects",
    source: `export const attack = () => JSON.parse('{"a":'.repeat(1e6));`,
  },
  {
    name: "writer: nested JSON",
    source: `export const attack = () => {
      let o = {}; for (let n = 0; n < 2e5; n++) o = { o };
      return JSON.stringify(o).length;
    };`,
  },
  {
    name: "bound functions",
    source: `export const attack = () => {
      let f = () => 1; for (let n = 0; n < 1e5; n++) f = f.bind(null);
      return f();
    };`,
  },
  {
    name: "flattening",
    source: `export const attack = () => {
      let a = []; for (let n = 0; n < 1e5; n++) a = [a];
      return a.flat(Infinity).length;
    };`,
  },
  {
    name: "cloning",
    source: `export const attack = () => {
      let a = []; for (let n = 0; n < 1e5; n++) a = [a];
      return structuredClone(a).length;
    };`,
    // The extension that clones does not look at the stack: the instance traps, and is dropped.
    contained: { codes: [...overflow.codes, "sandbox_crashed"], mayAnswer: true },
  },
  {
    name: "getters of getters",
    source: `export const attack = () => {
      const o = { get a() { return this.a; } };
      return o.a;
    };`,
  },
  {
    name: "delegating generators",
    source: `export const attack = () => {
      function* down() { yield* down(); }
      return down().next().value;
    };`,
  },
  {
    name: "iterators that are spread within one another",
    source: `export const attack = () => {
      const o = { *[Symbol.iterator]() { yield [...o]; } };
      return [...o].length;
    };`,
  },
  {
    name: "a comparator that sorts",
    source: `export const attack = () => {
      const down = () => [2, 1].sort(down).length;
      return down();
    };`,
  },
  {
    name: "a replacer that replaces",
    source: `export const attack = () => { const f = () => "a".replace("a", f); return f(); };`,
  },
  {
    name: "the end of a very long list",
    source: `export const attack = () => {
      let list = null; for (let n = 0; n < 3e5; n++) list = { list };
      list = null;
      return "freed";
    };`,
  },
  {
    name: "recursion that begins again where it was stopped",
    source: `export const attack = () => {
      let left = 1000;
      const down = () => { try { return down() + 1; } catch { return left-- > 0 ? down() : 0; } };
      return down();
    };`,
    contained: { codes: ["tool_error", "resource_limit", "deadline_exceeded"], mayAnswer: true },
  },
]);
