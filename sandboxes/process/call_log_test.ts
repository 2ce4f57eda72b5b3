import assert from "node:assert/strict";
import type { LogEntry } from "../../spec/sandbox.ts";
import { CallLog } from "./call_log.ts";

function logOf(limitBytes: number) {
  const entries: LogEntry[] = [];
  const dropped: number[] = [];
  const log = new CallLog(limitBytes, {
    onLog: (entry) => entries.push(entry),
    onDropped: (bytes) => dropped.push(bytes),
  });
  return { log, entries, dropped };
}

Deno.test("CallLog keeps text up to its limit and counts the rest", () => {
  const { log, entries, dropped } = logOf(10);
  log.write("info", "1234");
  log.write("warn", "567890abc");
  log.write("error", "d");
  log.drop(5);
  assert.deepEqual(entries.map(({ level, message }) => [level, message]), [
    ["info", "1234"],
    ["warn", "567890"],
  ]);
  assert.deepEqual(dropped, [3, 1, 5]);
  assert.equal(log.droppedBytes, 3 + 1 + 5);
});

Deno.test("CallLog counts bytes, not characters, and survives a cut within one", () => {
  const { log, entries } = logOf(5);
  log.write("info", "éé😀");
  assert.equal(entries[0]?.message, "éé\ufffd");
  assert.equal(log.droppedBytes, 3);
});

Deno.test("CallLog keeps nothing where nothing is allowed, and passes empty lines by", () => {
  const { log, entries } = logOf(0);
  log.write("info", "a");
  log.write("info", "");
  assert.deepEqual(entries, []);
  assert.equal(log.droppedBytes, 1);
});
