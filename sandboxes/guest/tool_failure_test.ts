import assert from "node:assert/strict";
import { z } from "zod";
import { z as z3 } from "zod3";
import { describeFailure } from "./tool_failure.ts";

const message = (thrown: unknown) => describeFailure(thrown).message;

Deno.test("describeFailure() keeps an error's name, message, stack and cause", () => {
  const failure = describeFailure(new RangeError("too far", { cause: new TypeError("why") }));
  assert.equal(failure.name, "RangeError");
  assert.equal(failure.message, "too far");
  assert.match(failure.stack ?? "", /RangeError: too far/);
  assert.equal(failure.cause, "TypeError: why");
});

Deno.test("describeFailure() describes what is no error", () => {
  assert.equal(message("just text"), "just text");
  assert.equal(message(""), "threw an empty string");
  assert.equal(message(null), "threw null");
  assert.equal(message(undefined), "threw undefined");
  assert.equal(message(42n), "threw 42");
  assert.equal(message(Symbol("s")), "threw Symbol(s)");
  assert.equal(message({ code: 7, reason: "full", deep: {} }), 'threw { code: 7, reason: "full" }');
  assert.equal(message({ message: "like an error" }), "like an error");
  assert.equal(message([]), "threw [object Array]");
  assert.equal(message(() => 1), "threw [object Function]");
});

Deno.test("describeFailure() lists the parts of aggregate and schema errors", () => {
  assert.equal(message(new AggregateError([new Error("a"), "b"], "both")), "both: a; b");
  assert.equal(message(new AggregateError([new Error("a")])), "a");
  const zod4 = z.object({ a: z.object({ b: z.string() }) }).safeParse({ a: { b: 1 } }).error;
  assert.match(message(zod4), /^\$\.a\.b: .*expected string/i);
  const zod3 = z3.object({ list: z3.array(z3.number()) }).safeParse({ list: ["x"] }).error;
  assert.match(message(zod3), /^\$\.list\[0\]: Expected number/);
  const many = new AggregateError(
    Array.from({ length: 1000 }, (_, index) => new Error(`e${index}`)),
  );
  assert.match(message(many), /e4; and 995 more$/);
});

Deno.test("describeFailure() survives hostile objects", () => {
  const everyTrap = new Proxy({}, {
    get() {
      throw new Error("get");
    },
    ownKeys() {
      throw new Error("keys");
    },
    getOwnPropertyDescriptor() {
      throw new Error("descriptor");
    },
    getPrototypeOf() {
      throw new Error("prototype");
    },
  });
  const { proxy, revoke } = Proxy.revocable(new Error("gone"), {});
  revoke();
  const hostile: readonly unknown[] = [
    everyTrap,
    proxy,
    {
      get message() {
        throw everyTrap;
      },
      get name() {
        throw null;
      },
    },
    Object.assign(new Error("x"), { name: { toString: null }, errors: everyTrap, issues: proxy }),
    Object.assign(new Error("x"), { cause: everyTrap }),
    Object.create(null),
    { issues: new Proxy([], { get: (_, key) => key === "length" ? 1e9 : everyTrap }) },
    {
      message: {
        toString() {
          throw new Error("no");
        },
      },
    },
  ];
  for (const thrown of hostile) {
    const failure = describeFailure(thrown);
    assert.equal(typeof failure.name, "string");
    assert.ok(failure.message.length > 0);
    JSON.stringify(failure);
  }
});

Deno.test("describeFailure() bounds every text", () => {
  const error = new Error("m".repeat(10_000_000), { cause: "c".repeat(10_000_000) });
  error.name = "n".repeat(10_000_000);
  error.stack = "s".repeat(10_000_000);
  const failure = describeFailure(error);
  assert.ok(JSON.stringify(failure).length < 20_000);
  const wide = Object.fromEntries(
    Array.from({ length: 1000 }, (_, i) => [`k${i}`.repeat(1000), "v".repeat(1000)]),
  );
  assert.ok(message(wide).length <= 8192);
});

Deno.test("describeFailure() reads an error whose class defines its message", () => {
  class Odd extends Error {
    override get message() {
      return "computed";
    }
  }
  assert.equal(message(new Odd()), "computed");
});

Deno.test("describeFailure() follows a cause that is the error itself no further", () => {
  const error = new Error("round");
  error.cause = error;
  assert.equal(describeFailure(error).cause, "Error: round");
});
