import assert from "node:assert/strict";
import { z } from "zod";
import { findTool } from "./find_tool.ts";
import { ToolNotFoundError } from "./guest_errors.ts";

const NO_ENV = { env: {}, declaredEnv: [] };
const find = (namespace: object, name: string) => findTool(namespace, name, NO_ENV);
const tool = (description: string) => ({
  description,
  inputSchema: z.object({}),
  execute: () => 1,
});

Deno.test("findTool() reaches nothing of the language itself", async () => {
  const namespace = { data: { a: 1 }, fn: (a: number) => a, list: [1], default: { x: 1 } };
  for (
    const name of [
      "__proto__",
      "constructor",
      "toString",
      "data.constructor",
      "data.toString",
      "data.__proto__.toString",
      "fn.call",
      "fn.prototype",
      "fn.constructor",
      "list.push",
      "list.map",
      "hasOwnProperty",
      "fn.bind.call",
      "",
      ".",
      "data.",
      "a.".repeat(1000),
    ]
  ) {
    await assert.rejects(find(namespace, name), ToolNotFoundError, name);
  }
});

Deno.test("findTool() survives hostile exports", async () => {
  const trap = () => {
    throw new Error("trap");
  };
  const angry = new Proxy({}, {
    get: trap,
    has: trap,
    ownKeys: trap,
    getOwnPropertyDescriptor: trap,
    getPrototypeOf: trap,
  });
  const endless: Record<string, unknown> = {};
  endless.self = endless;
  const namespace = {
    get getter() {
      return trap();
    },
    angry,
    angryFunction: new Proxy(() => 1, { get: trap, getOwnPropertyDescriptor: trap }),
    endless,
    forever: {
      *[Symbol.iterator]() {
        for (;;) yield tool("again");
      },
    },
    fine: tool("fine"),
  };
  assert.equal((await find(namespace, "fine")).name, "fine");
  await assert.rejects(find(namespace, "nothing"), ToolNotFoundError);
  await assert.rejects(find(namespace, "getter"), ToolNotFoundError);
  await assert.rejects(find(namespace, "angry.x"), ToolNotFoundError);
});

Deno.test("findTool() and its answer are no thenables when a tool plants then", async () => {
  Object.defineProperty(Object.prototype, "then", {
    configurable: true,
    get: () => (settle: (value: unknown) => void) => settle("hijacked"),
  });
  let found: unknown;
  try {
    found = await find(
      { group: Object.assign(Object.create(null), { fine: () => 1 }) },
      "group.fine",
    );
  } finally {
    Reflect.deleteProperty(Object.prototype, "then");
  }
  assert.equal(Reflect.get(Object(found), "name"), "group.fine");
});
