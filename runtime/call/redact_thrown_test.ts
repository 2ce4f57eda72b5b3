import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { redactThrown } from "./redact_thrown.ts";

const redact = (text: string) => text.replaceAll("hush", "[redacted]");

Deno.test("redactThrown() takes kept values out of what a tool threw, and leaves the rest", () => {
  const thrown = new AirlockError("tool_error", "401 for hush", {
    stage: "execute",
    suggestion: "Not hush",
    details: { name: "Error", stack: "at hush", count: 1 },
    cause: "hush",
  });
  const told = redactThrown(thrown, { redact });
  assert.ok(told instanceof AirlockError);
  assert.ok(!Deno.inspect({ ...told, message: told.message, cause: told.cause }).includes("hush"));
  const { code, stage, retryable, details } = told;
  assert.deepEqual([code, stage, retryable], ["tool_error", "execute", thrown.retryable]);
  assert.deepEqual(details, { name: "Error", stack: "at [redacted]", count: 1 });
});

Deno.test("redactThrown() leaves alone what is not of ours, and calls without kept values", () => {
  const own = new RangeError("hush");
  assert.equal(redactThrown(own, { redact }), own);
  const thrown = new AirlockError("tool_error", "hush");
  assert.equal(redactThrown(thrown, {}), thrown);
});
