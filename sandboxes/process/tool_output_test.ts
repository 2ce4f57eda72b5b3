import assert from "node:assert/strict";
import { CallTable } from "./call_table.ts";
import { ToolOutput } from "./tool_output.ts";

const MIB = 1024 * 1024;

Deno.test("ToolOutput.text() tells of a flood once a sandbox wrote 16 MiB outside frames", () => {
  let floods = 0;
  const output = new ToolOutput(new CallTable(), () => floods++);
  for (let count = 0; count < 16; count++) output.text("stderr", "x".repeat(MIB));
  assert.equal(floods, 0);
  output.text("stdout", "x");
  assert.equal(floods, 1);
});

Deno.test("ToolOutput.line() counts lines that belong to no call", () => {
  let floods = 0;
  const output = new ToolOutput(new CallTable(), () => floods++);
  const message = "x".repeat(MIB);
  for (let count = 0; count < 16; count++) {
    output.line({ type: "log", call: count % 2 === 0 ? null : 7, level: "info", message });
  }
  assert.equal(floods, 0);
  output.line({ type: "log", call: null, level: "info", message });
  assert.equal(floods, 1);
});
