import assert from "node:assert/strict";
import { REDACTED, redactValues } from "./redact_values.ts";

const SECRET = "s3cr3t/+value==";

Deno.test("redactValues() takes values out, however they are written", () => {
  const { redact } = redactValues([SECRET, 'with "quotes" and \n lines']);
  const wrapped = JSON.stringify({ token: SECRET, other: 'with "quotes" and \n lines' });
  const texts = [
    SECRET,
    `before ${SECRET} after ${SECRET}`,
    wrapped,
    `https://host/?key=${encodeURIComponent(SECRET)}`,
    ...["", "a", "ab"].map((prefix) => btoa(`${prefix}${SECRET}:password`)),
  ];
  for (const text of texts) {
    const out = redact(text);
    assert.ok(out.includes(REDACTED), text);
    for (const form of [SECRET, encodeURIComponent(SECRET), "quotes"]) {
      assert.ok(!out.includes(form), `${text} became ${out}`);
    }
  }
  assert.equal(redact("nothing here"), "nothing here");
});

Deno.test("redactValues() prefers the longest of values that begin alike", () => {
  const { redact } = redactValues(["token", "token-long", "long-tail"]);
  assert.equal(redact("token-long-tail token"), `${REDACTED}-tail ${REDACTED}`);
});

Deno.test("redactValues() leaves alone what is too short to be a secret", () => {
  const { redact } = redactValues(["", "1", "abc"]);
  assert.equal(redact("abc 1"), "abc 1");
});

Deno.test("redactValues() finds values cut at every place, by streams of any pieces", () => {
  const redactor = redactValues([SECRET, "s3cr", "\u{1f512}locked\u{1f512}", "aaaaab"]);
  const text = `x${SECRET}y s3c s3cr3 \u{1f512}locked\u{1f512} aaaaaaaaab s3cr3t/+valu`;
  const whole = redactor.redact(text);
  assert.ok(!whole.includes(SECRET) && !whole.includes("locked"));
  for (let size = 1; size <= text.length; size++) {
    const stream = redactor.stream();
    let out = "";
    for (let at = 0; at < text.length; at += size) out += stream.push(text.slice(at, at + size));
    assert.equal(out + stream.end(), whole, `pieces of ${size}`);
  }
});

Deno.test("redactValues() holds back no more than a secret's length", () => {
  const stream = redactValues([SECRET]).stream();
  let given = 0;
  for (let piece = 0; piece < 1_000; piece++) given += stream.push("s3cr3t plain text ").length;
  assert.ok(given > 1_000 * 18 - SECRET.length);
});

Deno.test("redactValues() does not choke on text made to slow it down", () => {
  const { redact } = redactValues([`${"a".repeat(200)}b`]);
  const startedAt = performance.now();
  redact("a".repeat(200_000));
  assert.ok(performance.now() - startedAt < 5_000);
});
