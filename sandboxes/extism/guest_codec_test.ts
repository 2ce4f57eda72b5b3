import assert from "node:assert/strict";
import type { JsonValue } from "../../spec/json.ts";
import type { PluginFormat } from "../../spec/plugin.ts";
import { decodeOutput, encodeInput, InputFormatError, OutputFormatError } from "./guest_codec.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (...values: number[]) => new Uint8Array(values);
const utf8 = (value: string) => new TextEncoder().encode(value);

Deno.test("encodeInput() gives each format its bytes", () => {
  const cases: readonly (readonly [PluginFormat, JsonValue, string])[] = [
    ["auto", "plain", "plain"],
    ["auto", { a: [1, "é"] }, `{"a":[1,"é"]}`],
    ["auto", {}, "{}"],
    ["json", "plain", `"plain"`],
    ["text", "plain", "plain"],
    ["text", { input: "inside" }, "inside"],
    ["base64", btoa("bytes"), "bytes"],
    ["base64", { input: btoa("bytes") }, "bytes"],
  ];
  for (const [format, params, expected] of cases) {
    assert.equal(
      text(encodeInput(params, format)),
      expected,
      `${format} ${JSON.stringify(params)}`,
    );
  }
});

Deno.test("encodeInput() refuses what a format cannot take", () => {
  const wrong: readonly JsonValue[] = [{}, { input: 5 }, null, 5, ["x"]];
  for (const params of wrong) {
    assert.throws(() => encodeInput(params, "text"), InputFormatError);
    assert.throws(() => encodeInput(params, "base64"), InputFormatError);
  }
  assert.throws(() => encodeInput("not base64!", "base64"), InputFormatError);
});

Deno.test("decodeOutput() finds JSON, text and bytes", () => {
  const auto: readonly (readonly [Uint8Array, JsonValue])[] = [
    [utf8(`{"a":1}`), { a: 1 }],
    [utf8("5"), 5],
    [utf8("hello"), "hello"],
    [utf8(`{"a":`), `{"a":`],
    [bytes(), null],
    [bytes(0xff, 0xfe), { base64: "//4=" }],
  ];
  for (const [output, expected] of auto) {
    assert.deepEqual(JSON.parse(decodeOutput(output, "auto")), expected);
  }
  assert.equal(decodeOutput(utf8("5"), "text"), `"5"`);
  assert.equal(decodeOutput(bytes(), "text"), `""`);
  assert.equal(decodeOutput(bytes(0xff), "base64"), `"/w=="`);
  assert.equal(decodeOutput(utf8("[1]"), "json"), "[1]");
  for (
    const [output, format] of [[utf8("no"), "json"], [bytes(0xff), "text"], [
      bytes(),
      "json",
    ]] as const
  ) {
    assert.throws(() => decodeOutput(output, format), OutputFormatError);
  }
});
