import assert from "node:assert/strict";
import { holdsTools, memberOf, membersOf } from "./tool_members.ts";

const tool = { description: "t", execute: () => 1 };

Deno.test("membersOf() looks into objects, lists, maps, iterables and instances", () => {
  const keys = (value: unknown) => membersOf(value).map(({ key }) => key);
  assert.deepEqual(keys({ a: 1, b: 2 }), ["a", "b"]);
  assert.deepEqual(keys([tool, { ...tool, name: "named" }]), ["0", "named"]);
  assert.deepEqual(keys(new Map<unknown, unknown>([["a", 1], [2, 3]])), ["a"]);
  assert.deepEqual(keys(new Set([{ ...tool, id: "x" }])), ["x"]);
  assert.deepEqual(
    keys(
      new (class {
        getTools() {
          return { a: tool };
        }
      })(),
    ),
    ["a"],
  );
  assert.deepEqual(
    keys(
      new (class {
        get functions() {
          return [tool];
        }
      })(),
    ),
    ["functions"],
  );
  assert.deepEqual(keys(null), []);
  assert.deepEqual(keys("text"), []);
});

Deno.test("membersOf() is bounded", () => {
  const forever = {
    *[Symbol.iterator]() {
      for (;;) yield tool;
    },
  };
  assert.equal(membersOf(forever).length, 512);
  assert.equal(membersOf(Array(100_000).fill(tool)).length, 512);
});

Deno.test("holdsTools() looks two levels deep", () => {
  assert.ok(holdsTools(tool));
  assert.ok(holdsTools({ a: [tool] }));
  assert.ok(!holdsTools({ a: { b: { c: tool } } }));
  assert.ok(!holdsTools({ execute: () => 1 }));
  assert.ok(!holdsTools("tool"));
});

Deno.test("memberOf() stops at built-in prototypes", () => {
  class Base {
    inherited() {}
  }
  const instance = new (class extends Base {})();
  assert.equal(memberOf(instance, "inherited"), Base.prototype.inherited);
  for (const key of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
    assert.equal(memberOf(instance, key), undefined);
  }
  assert.equal(memberOf([], "push"), undefined);
  assert.equal(memberOf(() => 1, "call"), undefined);
  assert.equal(memberOf(new Map([["push", 1]]), "push"), 1);
});
