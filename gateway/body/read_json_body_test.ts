import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { MAX_NESTING, readJsonBody } from "./read_json_body.ts";

const BOUNDS = { maxBytes: 64 * 1024, timeoutMs: 10_000 };

function read(body: string): Promise<unknown> {
  return readJsonBody(new Request("http://127.0.0.1/", { method: "POST", body }), BOUNDS);
}

async function failureOf(body: string): Promise<AirlockError> {
  const outcome = await read(body).catch((error: unknown) => error);
  assert.ok(outcome instanceof AirlockError, `no failure of ours: ${String(outcome)}`);
  assert.deepEqual([outcome.code, outcome.stage], ["invalid_input", "request"]);
  return outcome;
}

function nested(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}

Deno.test("readJsonBody() parses any JSON", async () => {
  assert.deepEqual(await read(' {"a": [1, null, "é"]}\n'), { a: [1, null, "é"] });
  for (const text of ["null", "0", '""', "[]"]) {
    assert.deepEqual(await read(text), JSON.parse(text));
  }
});

Deno.test("readJsonBody() takes __proto__ for a member like any other", async () => {
  const body = await read('{"__proto__": {"polluted": 1}}');
  assert.ok(typeof body === "object" && body !== null);
  assert.equal(Object.hasOwn(body, "__proto__"), true);
  assert.equal("polluted" in {}, false);
});

Deno.test("readJsonBody() says where text stops being JSON, and quotes none of it", async () => {
  const cases: [string, RegExp, number][] = [
    ['{"key": s3cret}', /line 1, column 9/, 8],
    ['{\n  "key": "s3cret"\n  "b": 1}', /line 3, column 3/, 22],
    ['["s3cret', /line 1, column 2/, 1],
    ['{"s3cret": 1} x', /line 1, column 15/, 14],
  ];
  for (const [text, place, offset] of cases) {
    const failure = await failureOf(text);
    assert.match(failure.message, place, text);
    assert.equal(failure.details.offset, offset, text);
    const shown = JSON.stringify([failure.message, failure.suggestion, failure.details]);
    assert.ok(!shown.includes("s3cret"), shown);
  }
});

Deno.test("readJsonBody() names an empty body as such", async () => {
  for (const text of ["", " \n\t"]) assert.match((await failureOf(text)).message, /is empty/);
});

Deno.test("readJsonBody() bounds nesting before it parses", async () => {
  assert.ok(Array.isArray(await read(nested(MAX_NESTING))));
  for (const depth of [MAX_NESTING + 1, 30_000]) {
    assert.match((await failureOf(nested(depth))).message, /nested deeper than 128/);
  }
  const brackets = JSON.stringify("[".repeat(1_000));
  assert.equal(await read(brackets), "[".repeat(1_000));
});

Deno.test("readJsonBody() passes on what the body's bounds refuse", async () => {
  const request = new Request("http://127.0.0.1/", { method: "POST", body: "[1,2,3]" });
  await assert.rejects(
    readJsonBody(request, { ...BOUNDS, maxBytes: 3 }),
    (error) => error instanceof AirlockError && error.code === "payload_too_large",
  );
});
