import { tool as tool4 } from "ai4";
import { jsonSchema as jsonSchema5, tool as tool5 } from "ai5";
import { tool as tool6, zodSchema as zodSchema6 } from "ai6";
import { dynamicTool as dynamicTool7, jsonSchema as jsonSchema7, tool as tool7 } from "ai7";
import { calculator } from "@agentic/calculator";
import { DynamicTool, tool as langchainTool } from "@langchain/core/tools";
import { type } from "arktype";
import ms from "ms";
import assert from "node:assert/strict";
import slugify from "slugify";
import * as v from "valibot";
import { z } from "zod";
import { z as z3 } from "zod3";
import { callTool } from "./call_tool.ts";
import { findTool } from "./find_tool.ts";
import { InvalidInputError } from "./guest_errors.ts";

const CONTEXT = { env: { KEY: "k" }, declaredEnv: ["KEY"] };

async function call(value: unknown, params: unknown): Promise<unknown> {
  const found = await findTool({ subject: value }, "subject", CONTEXT);
  const signal = new AbortController().signal;
  return (await callTool(found, params, { ...CONTEXT, signal, callId: "call-1" })).value;
}

async function issuesOf(value: unknown, params: unknown): Promise<readonly string[]> {
  try {
    await call(value, params);
  } catch (error) {
    if (error instanceof InvalidInputError) {
      return error.issues.map(({ path, message }) => `${path} ${message !== ""}`);
    }
    throw error;
  }
  return [];
}

Deno.test("callTool() calls the tools of every AI SDK", async () => {
  const four = tool4({
    parameters: z.object({ a: z.string().default("dflt") }),
    execute: ({ a }) => Promise.resolve(a),
  });
  const five = tool5({
    inputSchema: z.object({ n: z.coerce.number() }),
    execute: ({ n }) => n + 1,
  });
  const six = tool6({
    inputSchema: zodSchema6(z.object({ a: z.string().trim() })),
    execute: ({ a }) => a,
  });
  const seven = tool7({
    inputSchema: jsonSchema7<{ a: string }>({ type: "object" }, {
      validate: (input) => ({ success: true, value: { a: JSON.stringify(input) } }),
    }),
    execute: ({ a }) => a,
  });
  assert.equal(await call(four, {}), "dflt");
  assert.equal(await call(five, { n: "41" }), 42);
  assert.equal(await call(six, { a: "  x " }), "x");
  assert.equal(await call(seven, { b: 1 }), '{"b":1}');
  // Without a validator the schema cannot refuse: that is done before the sandbox.
  const unchecked = tool5({
    inputSchema: jsonSchema5({ type: "object" }),
    execute: (input) => input,
  });
  assert.deepEqual(await call(unchecked, { any: 1 }), { any: 1 });
});

Deno.test("callTool() hands over the call's id, signal and no messages", async () => {
  const spy = dynamicTool7({
    inputSchema: z.object({}),
    execute: (_input, options) => Promise.resolve(options),
  });
  const options = Object(await call(spy, {}));
  assert.equal(options.toolCallId, "call-1");
  assert.deepEqual(options.messages, []);
  assert.ok(options.abortSignal instanceof AbortSignal);
});

Deno.test("callTool() refuses input with the paths of every schema library", async () => {
  const execute = () => assert.fail("ran with invalid input");
  const rows: readonly (readonly [unknown, readonly string[]])[] = [
    [z.object({ a: z.object({ b: z.array(z.string()) }) }), ["$.a.b[0] true"]],
    [z3.object({ a: z3.object({ b: z3.array(z3.string()) }) }), ["$.a.b[0] true"]],
    [v.object({ a: v.object({ b: v.array(v.string()) }) }), ["$.a.b[0] true"]],
    [type({ a: { b: "string[]" } }), ["$.a.b[0] true"]],
    [zodSchema6(z.object({ a: z.object({ b: z.array(z.string()) }) })), ["$.a.b[0] true"]],
    [() => z.object({ missing: z.string() }), ["$.missing true"]],
    [z.object({}).refine(() => Promise.resolve(false)), ["$ true"]],
    [jsonSchema7({}, { validate: () => ({ success: false, error: new Error("no") }) }), ["$ true"]],
  ];
  for (const [inputSchema, expected] of rows) {
    assert.deepEqual(await issuesOf({ inputSchema, execute }, { a: { b: [1] } }), expected);
  }
});

Deno.test("callTool() calls tools of other frameworks their own way", async () => {
  assert.equal(await call(calculator, { expr: "6*7" }), 42);
  const increment = langchainTool(({ a }) => a + 1, {
    name: "inc",
    description: "adds one",
    schema: z.object({ a: z.number() }),
  });
  assert.equal(await call(increment, { a: 1 }), 2);
  const shout = new DynamicTool({
    name: "shout",
    description: "s",
    func: (text) => Promise.resolve(text.toUpperCase()),
  });
  assert.equal(await call(shout, "abc"), "ABC");
  assert.equal(await call(shout, { input: "abc" }), "ABC");
  // Mastra before 1.0, by its shape.
  const oldMastra = {
    id: "m",
    description: "d",
    mastra: undefined,
    inputSchema: z.object({ a: z.string() }),
    execute: ({ context }: { context: { a: string } }) => context.a,
  };
  assert.equal(await call(oldMastra, { a: "old" }), "old");
  const newMastra = { ...oldMastra, mcp: undefined, execute: ({ a }: { a: string }) => a };
  assert.equal(await call(newMastra, { a: "new" }), "new");
  const mcp = {
    name: "h",
    description: "d",
    inputSchema: { a: z.string() },
    handler: (i: unknown) => i,
  };
  assert.deepEqual(await call(mcp, { a: "x" }), { a: "x" });
});

Deno.test("callTool() spreads arrays, and nothing else, over a plain function", async () => {
  assert.equal(await call(ms, ["2 days"]), 172_800_000);
  assert.equal(await call(ms, "2 days"), 172_800_000);
  assert.equal(await call(slugify, ["Hello World", { lower: true }]), "hello-world");
  const spy = (...args: unknown[]) => args;
  assert.deepEqual(await call(spy, []), []);
  assert.deepEqual(await call(spy, {}), []);
  assert.deepEqual(await call(spy, { a: 1 }), [{ a: 1 }]);
  assert.deepEqual(await call(spy, undefined), []);
  assert.deepEqual(await call(spy, null), [null]);
  const one = function (_a: unknown) {
    return arguments.length;
  };
  assert.equal(await call(one, {}), 1);
});

Deno.test("callTool() gives its options only to a function that names one of them", async () => {
  const buffered = (_options: object, buffer?: object) => buffer;
  const unaware = (_options: object, buffer: object) => buffer;
  const aware = (_params: object, { abortSignal }: { abortSignal: AbortSignal }) => abortSignal;
  assert.equal(await call(buffered, { a: 1 }), undefined);
  assert.equal(await call(unaware, { a: 1 }), undefined);
  assert.ok(await call(aware, { a: 1 }) instanceof AbortSignal);
});

Deno.test("callTool() keeps this", async () => {
  const holder = {
    value: 7,
    read() {
      return this.value;
    },
  };
  const found = await findTool({ holder }, "holder.read", CONTEXT);
  const signal = new AbortController().signal;
  assert.equal((await callTool(found, [], { ...CONTEXT, signal, callId: "x" })).value, 7);
});

Deno.test("callTool() calls the tool that a plain call turned out to make", async () => {
  const inner = (config: unknown) => ({
    description: "inner",
    inputSchema: z.object({ q: z.string() }),
    execute: ({ q }: { q: string }) => [q, config],
  });
  let runs = 0;
  const search = (config?: unknown) => [runs++, inner(config)][1];
  assert.deepEqual(await call(search, { q: "x" }), ["x", undefined]);
  assert.equal(runs, 2);
  const stubborn = (config?: object) => {
    if (!Object.hasOwn(Object(config), "q")) throw new Error("KEY is required");
    return inner(config);
  };
  await assert.rejects(call(stubborn, { q: "x" }), /configure tool subject: KEY is required/);
});

Deno.test("callTool() awaits a thenable once and never again", async () => {
  let reads = 0;
  const thenable = {
    get then() {
      reads++;
      return (settle: (value: unknown) => void) => settle(late);
    },
  };
  let lateReads = 0;
  // Not a thenable when it is looked at first, one ever after.
  const late = {
    get then() {
      return lateReads++ === 0 ? undefined : () => assert.fail("awaited twice");
    },
  };
  assert.equal((await outcomeOf(() => thenable)).value, late);
  assert.equal(reads, 1);
  assert.equal(lateReads, 1);
});

async function outcomeOf(subject: () => unknown) {
  const found = await findTool({ subject }, "subject", CONTEXT);
  const signal = new AbortController().signal;
  return await callTool(found, [], { ...CONTEXT, signal, callId: "x" });
}

Deno.test("callTool() passes on whatever a tool throws", async () => {
  const thrown: readonly unknown[] = [null, undefined, "text", Symbol.iterator, new Error("e"), {}];
  for (const value of thrown) {
    const found = await findTool(
      {
        subject: () => {
          throw value;
        },
      },
      "subject",
      CONTEXT,
    );
    const signal = new AbortController().signal;
    let caught: unknown = "nothing";
    await callTool(found, [], { ...CONTEXT, signal, callId: "x" }).catch((error) => caught = error);
    assert.equal(caught, value);
  }
});

Deno.test("callTool() leaves __proto__ in parameters an own key", async () => {
  const params: unknown = JSON.parse('{"__proto__":{"polluted":true}}');
  const seen = Object(await call((input: unknown) => input, params));
  assert.ok(Object.hasOwn(seen, "__proto__"));
  assert.equal(Reflect.get({}, "polluted"), undefined);
});
