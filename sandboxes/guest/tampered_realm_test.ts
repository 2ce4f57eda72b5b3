import assert from "node:assert/strict";
import { callTool } from "./call_tool.ts";
import { findTool } from "./find_tool.ts";
import { settleResult } from "./settle_result.ts";
import { describeFailure } from "./tool_failure.ts";

/** Prototypes and statics that a tool replaces wholesale: every function on them lies. */
const TARGETS: readonly object[] = [
  Array.prototype,
  Map.prototype,
  Set.prototype,
  String.prototype,
  Number.prototype,
  BigInt.prototype,
  RegExp.prototype,
  Date.prototype,
  Function.prototype,
  Promise.prototype,
  Object,
  Reflect,
  JSON,
  Array,
  Promise,
  Object.getPrototypeOf(Uint8Array.prototype),
  Uint8Array.prototype,
  Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())),
];

/** Replaces what can be replaced; the returned function puts it back. */
function tamper(): () => void {
  const { defineProperty, getOwnPropertyDescriptor, ownKeys } = Reflect;
  const saved: [object, PropertyKey, PropertyDescriptor][] = [];
  for (const target of TARGETS) {
    for (const key of ownKeys(target)) {
      const descriptor = getOwnPropertyDescriptor(target, key);
      if (descriptor === undefined || !descriptor.configurable || key === "constructor") continue;
      if (typeof descriptor.value === "function") saved.push([target, key, descriptor]);
    }
  }
  const count = saved.length;
  const entries = [...saved];
  for (let index = 0; index < count; index++) {
    const entry = entries[index]!;
    defineProperty(entry[0], entry[1], { ...entry[2], value: () => "forged" });
  }
  defineProperty(Object.prototype, "toJSON", { value: () => "forged", configurable: true });
  return () => {
    for (let index = 0; index < count; index++) {
      const entry = entries[index]!;
      defineProperty(entry[0], entry[1], entry[2]);
    }
    delete (Object.prototype as { toJSON?: unknown }).toJSON;
  };
}

const CONTEXT = { env: {}, declaredEnv: [], callId: "c", signal: new AbortController().signal };

async function run(value: unknown, params: unknown): Promise<string> {
  const found = await findTool({ kit: { subject: value } }, "kit.subject", CONTEXT);
  return await settleResult(await callTool(found, params, CONTEXT), { maxBytes: 10_000 });
}

Deno.test("a realm whose built-ins all lie still answers truthfully", async () => {
  const when = new Date(0);
  const map = new Map<unknown, unknown>([["k", [1n, when]]]);
  const bytes = new Uint8Array([1, 2, 3]);
  const items = async function* () {
    yield { first: 1 };
    yield map;
  };
  const texts: unknown[] = [];
  let failure: unknown;
  const restore = tamper();
  try {
    texts[0] = await run((input: unknown) => ({ input, map, list: [when, /x/g] }), { a: ["b"] });
    texts[1] = await run(() => bytes, []);
    texts[2] = await run(items, []);
    texts[3] = await run({ description: "d", parameters: {}, execute: (i: unknown) => i }, {
      p: 1,
    });
    failure = describeFailure(new TypeError("real"));
  } finally {
    restore();
  }
  assert.deepEqual(texts, [
    '{"input":{"a":["b"]},"map":{"k":["1","1970-01-01T00:00:00.000Z"]},"list":["1970-01-01T00:00:00.000Z","/x/g"]}',
    '"AQID"',
    '[{"first":1},{"k":["1","1970-01-01T00:00:00.000Z"]}]',
    '{"p":1}',
  ]);
  assert.equal(Reflect.get(Object(failure), "message"), "real");
});
