import assert from "node:assert/strict";
import { AirlockError, type ErrorCode } from "../../../spec/errors.ts";
import { compareOutcomes } from "./compare_outcomes.ts";

const failed = (code: ErrorCode) => ({ error: new AirlockError(code, "it says why") });

Deno.test("compareOutcomes() takes only the same encoded result for equal", () => {
  const cases = [
    [{ a: [1, null] }, { a: [1, null] }, "equal"],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, "different"],
    [1, "1", "different"],
    [null, [], "different"],
  ] as const;
  for (const [one, other, kind] of cases) {
    const found = compareOutcomes({ output: one }, { output: other });
    assert.equal(found.kind, kind, JSON.stringify([one, other]));
  }
});

Deno.test("compareOutcomes() tells a tool that throws from a run that failed", () => {
  const thrown = compareOutcomes({ output: { a: 1 } }, failed("tool_error"));
  assert.deepEqual(thrown, { kind: "different", diff: '- {"a":1}\n+ throws it says why' });
  const reversed = compareOutcomes(failed("tool_error"), { output: 2 });
  assert.deepEqual(reversed, { kind: "different", diff: "- throws it says why\n+ 2" });
  assert.equal(compareOutcomes(failed("tool_error"), failed("tool_error")).kind, "nothing");
  for (const code of ["resource_limit", "deadline_exceeded", "pool_exhausted"] as const) {
    assert.equal(compareOutcomes({ output: 1 }, failed(code)).kind, "nothing", code);
    assert.equal(compareOutcomes(failed(code), { output: 1 }).kind, "nothing", code);
  }
  assert.equal(compareOutcomes({ output: 1 }, { error: new Error("x") }).kind, "nothing");
});
