import assert from "node:assert/strict";
import { parseCeiling } from "./parse_ceiling.ts";

Deno.test("parseCeiling() reads what a key may be held to", () => {
  const text =
    '{"permissions":{"net":["api.example.com"],"netDirect":[],"fs":"none"},"runtimes":["deno"]}';
  assert.deepEqual(parseCeiling(text), JSON.parse(text));
  assert.deepEqual(parseCeiling("{}"), {});
});

Deno.test("parseCeiling() names what is wrong, and takes nothing that it does not know", () => {
  const wrong = [
    ["{", /not JSON/],
    ["[]", /it: /],
    ['{"limits":{"timeoutMs":0}}', /limits\.timeoutMs/],
    ['{"limits":{"cpu":1}}', /cpu/],
    ['{"permissions":{"net":["http://a"],"netDirect":[],"fs":"none"}}', /permissions\.net/],
    ['{"runtimes":[]}', /runtimes/],
  ] as const;
  for (const [text, message] of wrong) {
    assert.throws(() => parseCeiling(text), { code: "invalid_input", message });
  }
});
