import assert from "node:assert/strict";
import { keptParams } from "./kept_params.ts";

Deno.test("keptParams() leaves out what sounds like credentials, at any depth", () => {
  const params = {
    query: "deno",
    apiKey: "k",
    options: { Authorization: "Bearer x", list: [{ user_password: { a: 1 } }, "kept"] },
  };
  assert.deepEqual(JSON.parse(keptParams(params)), {
    query: "deno",
    apiKey: "[redacted]",
    options: { Authorization: "[redacted]", list: [{ user_password: "[redacted]" }, "kept"] },
  });
});

Deno.test("keptParams() leaves out values that are kept secrets", () => {
  const redact = (text: string) => text.replaceAll("hunter2", "***");
  assert.equal(
    keptParams({ q: "say hunter2 twice: hunter2" }, redact),
    '{"q":"say *** twice: ***"}',
  );
});

Deno.test("keptParams() keeps nothing of what is too long", () => {
  const text = keptParams({ q: "x".repeat(20_000) });
  assert.deepEqual(JSON.parse(text), { leftOut: "20008 characters" });
});

Deno.test("keptParams() writes only what jsonb can hold", () => {
  const params = {
    "a\0": "b\0",
    lone: "\ud800 and \udfff",
    pair: "😀",
    slash: "\\u0000 \\\\u0000",
  };
  assert.deepEqual(JSON.parse(keptParams(params)), {
    "a\ufffd": "b\ufffd",
    lone: "\ufffd and \ufffd",
    pair: "😀",
    slash: "\\u0000 \\\\u0000",
  });
});
