import assert from "node:assert/strict";
import { IntlAnswers } from "./guest_intl.ts";

function ask(...question: unknown[]): unknown {
  return JSON.parse(new IntlAnswers().answer(JSON.stringify(question)));
}

Deno.test("IntlAnswers formats, in UTC unless a zone is named", () => {
  const hour = { o: { hour: "numeric", hourCycle: "h23" } };
  assert.deepEqual(ask("DateTimeFormat", "format", "en", hour, 0), { value: "00" });
  const tokyo = { o: { ...hour.o, timeZone: "Asia/Tokyo" } };
  assert.deepEqual(ask("DateTimeFormat", "format", "en", tokyo, 0), { value: "09" });
  assert.deepEqual(ask("number", "toLocaleString", { b: "12345" }, "de"), { value: "12.345" });
});

Deno.test("IntlAnswers answers only what is listed, whatever is asked", () => {
  const questions: readonly unknown[][] = [
    ["NumberFormat", "constructor", "en", { u: 1 }, "return 1"],
    ["NumberFormat", "__proto__", "en", { u: 1 }],
    ["constructor", "constructor", "return 1"],
    ["global", "constructor", "return 1"],
    ["text", "constructor", "return 1"],
    ["date", "setTime", 0, 1],
    ["Segmenter", "format", "en", { u: 1 }, "a"],
    ["NumberFormat", "format", "en", { o: { style: "nope" } }, 1],
    ["NumberFormat", "format", { o: { length: 1 } }, { u: 1 }, 1],
    [],
  ];
  for (const question of questions) {
    const answer = JSON.stringify(ask(...question));
    assert.match(answer, /^\{"error":|^\{"value":"1"\}$/, JSON.stringify(question));
  }
});

Deno.test("IntlAnswers never throws and is bounded", () => {
  const answers = new IntlAnswers();
  for (
    const text of [
      "",
      "{",
      "null",
      "5",
      '{"a":1}',
      `["text","toLocaleLowerCase","${"x".repeat(2 ** 21)}"]`,
    ]
  ) {
    assert.match(answers.answer(text), /^\{"error":/);
  }
  for (let digits = 0; digits < 100; digits += 1) {
    const options = { o: { maximumFractionDigits: digits } };
    const question = JSON.stringify(["NumberFormat", "format", "en", options, 0.5]);
    const expected = digits === 0 ? "1" : "0.5";
    assert.equal(answers.answer(question), JSON.stringify({ value: expected }));
  }
});
