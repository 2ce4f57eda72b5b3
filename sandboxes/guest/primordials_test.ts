import assert from "node:assert/strict";
import { append, isObjectLike, safeGet } from "./primordials.ts";

Deno.test("append() cannot be intercepted", () => {
  const list: number[] = [];
  const { push } = Array.prototype;
  let stolen: unknown = null;
  try {
    Array.prototype.push = () => 0;
    Object.defineProperty(Array.prototype, "0", {
      configurable: true,
      set: (item) => stolen = item,
    });
    append(list, 1);
  } finally {
    Array.prototype.push = push;
    Reflect.deleteProperty(Array.prototype, "0");
  }
  assert.deepEqual(list, [1]);
  assert.equal(stolen, null);
});

Deno.test("safeGet() reads nothing where reading throws", () => {
  const trap = () => {
    throw new Error("trap");
  };
  assert.equal(safeGet(new Proxy({}, { get: trap }), "a"), undefined);
  assert.equal(
    safeGet({
      get a() {
        return trap();
      },
    }, "a"),
    undefined,
  );
  assert.equal(safeGet("text", "length"), undefined);
  assert.equal(safeGet(null, "a"), undefined);
  assert.equal(safeGet({ a: 1 }, "a"), 1);
});

Deno.test("isObjectLike() is true for what has properties", () => {
  assert.ok(isObjectLike({}) && isObjectLike(() => 1));
  assert.ok(!isObjectLike(null) && !isObjectLike("s") && !isObjectLike(undefined));
});
