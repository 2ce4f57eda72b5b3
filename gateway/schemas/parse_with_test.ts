import assert from "node:assert/strict";
import { z } from "@hono/zod-openapi";
import { AirlockError } from "../../spec/errors.ts";
import { parseWith } from "./parse_with.ts";

const schema = z.object({
  name: z.string().max(3),
  inner: z.strictObject({ count: z.int() }).optional(),
});

function failureOf(parsed: z.ZodType, value: unknown): AirlockError {
  try {
    parseWith(parsed, value);
  } catch (error) {
    assert.ok(error instanceof AirlockError);
    assert.deepEqual([error.code, error.stage], ["invalid_input", "request"]);
    return error;
  }
  return assert.fail("it was accepted");
}

Deno.test("parseWith() gives back what the schema makes of the value", () => {
  assert.deepEqual(parseWith(schema, { name: "a", unknown: 1 }), { name: "a" });
  assert.equal(parseWith(z.string().transform((text) => text.length), "four"), 4);
});

Deno.test("parseWith() names every wrong member with its path", () => {
  const failure = failureOf(schema, { name: "long", inner: { count: 1.5 } });
  assert.match(failure.message, /^check request: name .+; inner\.count .+/);
  assert.deepEqual(failure.details.issues, [
    { path: "name", message: "Too big: expected string to have <=3 characters" },
    { path: "inner.count", message: "Invalid input: expected int, received number" },
  ]);
});

Deno.test("parseWith() says of a member that is not there that it is missing", () => {
  assert.equal(failureOf(schema, {}).message, "check request: name is missing");
  assert.match(failureOf(schema, { name: "a", inner: {} }).message, /: inner\.count is missing$/);
  assert.match(failureOf(schema, { name: null }).message, /name Invalid input/);
});

Deno.test("parseWith() speaks of the whole where there is no member", () => {
  for (const value of [null, 1, "text", []]) {
    const failure = failureOf(schema, value);
    assert.match(failure.message, /^check request: Invalid input: expected object/);
  }
});

Deno.test("parseWith() shows no value that it refused", () => {
  const secret = "s3cret-value";
  const strict = z.object({ kind: z.enum(["a"]), count: z.int(), name: z.string().max(3) });
  const failure = failureOf(strict, { kind: secret, count: secret, name: secret });
  assert.ok(
    !JSON.stringify([failure.message, failure.suggestion, failure.details]).includes(secret),
  );
});

Deno.test("parseWith() bounds what it says, however much is wrong", () => {
  const many = failureOf(z.array(z.string()), Array.from({ length: 1_000 }, () => 1));
  assert.ok(Array.isArray(many.details.issues));
  assert.equal(many.details.issues.length, 10);
  const name = "x".repeat(100_000);
  const deep = failureOf(z.record(z.string(), z.string()), { [name]: 1 });
  const unknown = failureOf(z.strictObject({}), { [name]: 1 });
  for (const failure of [deep, unknown]) assert.ok(failure.message.length < 1_000);
});
