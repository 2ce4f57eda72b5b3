import assert from "node:assert/strict";
import { EncodeError } from "./guest_errors.ts";
import { writeValue } from "./write_value.ts";

const nested = (depth: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
};

const cyclic: Record<string, unknown> = { list: [] };
(cyclic.list as unknown[]).push({ back: cyclic });
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

const REFUSED: readonly (readonly [name: string, value: unknown, path: string, reason: RegExp])[] =
  [
    ["a function", () => 1, "$", /function/],
    ["a nested function", { items: [0, 1, 2, { fn() {} }] }, "$.items[3].fn", /function/],
    ["a symbol under an odd key", { "a b": Symbol() }, '$["a b"]', /symbol/],
    ["a function in a Map", { m: new Map([["k", () => 1]]) }, "$.m.k", /function/],
    ["a cycle", cyclic, "$.list[0].back", /its own parent/],
    [
      "a cycle through toJSON",
      { a: { toJSON: () => cyclic } },
      "$.a.list[0].back",
      /its own parent/,
    ],
    ["depth 300", nested(300), `$${"[0]".repeat(256)}`, /deeper than 256/],
    [
      "a throwing getter",
      {
        a: {
          get b() {
            throw new Error("boo");
          },
        },
      },
      "$.a.b",
      /boo/,
    ],
    [
      "a getter that throws null",
      {
        get a() {
          throw null;
        },
      },
      "$.a",
      /null/,
    ],
    [
      "a throwing toJSON",
      {
        a: {
          toJSON() {
            throw new Error("no json");
          },
        },
      },
      "$.a",
      /no json/,
    ],
    ["a promise", { later: Promise.resolve(1) }, "$.later", /not awaited/],
    ["a stream", [new ReadableStream()], "$[0]", /stream/],
    ["a blob", { file: new Blob([]) }, "$.file", /Blob/],
    ["a response", { r: new Response("x") }, "$.r", /Response/],
    ["a generator", { g: (function* () {})() }, "$.g", /generator/],
    ["a revoked proxy", { p: revoked }, "$.p", /revoked/],
    [
      "a proxy that hides its keys",
      [
        new Proxy({}, {
          ownKeys() {
            throw new Error("hidden");
          },
        }),
      ],
      "$[0]",
      /hidden/,
    ],
  ];

for (const [name, value, path, reason] of REFUSED) {
  Deno.test(`writeValue() says where it met ${name}`, () => {
    assert.throws(() => writeValue(value, 1024 * 1024), (error: unknown) => {
      assert.ok(error instanceof EncodeError);
      assert.equal(error.path, path);
      assert.match(error.reason, reason);
      return true;
    });
  });
}
