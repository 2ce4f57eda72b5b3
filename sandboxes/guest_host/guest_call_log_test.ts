import assert from "node:assert/strict";
import type { GuestMessage } from "../protocol/messages.ts";
import { GuestCallLog } from "./guest_call_log.ts";

function world(logBytes: number) {
  const sent: GuestMessage[] = [];
  const log = new GuestCallLog({ send: (message) => void sent.push(message) }, {
    call: 7,
    logBytes,
  });
  const lines = () => sent.flatMap((message) => message.type === "log" ? [message.message] : []);
  const dropped = () => sent.flatMap((message) => message.type === "dropped" ? message.bytes : []);
  return { sent, log, lines, dropped };
}

Deno.test("GuestCallLog sends lines until its budget is used, then counts", () => {
  const { sent, log, lines, dropped } = world(10);
  log.write("info", "12345");
  log.write("warn", "67890abc");
  log.write("error", "d");
  assert.deepEqual(sent[0], { type: "log", call: 7, level: "info", message: "12345" });
  assert.deepEqual(lines(), ["12345", "67890"]);
  log.close();
  log.close();
  assert.equal(dropped().reduce((sum, bytes) => sum + bytes, 0), 4);
});

Deno.test("GuestCallLog tells what it dropped before the end, in few messages", () => {
  const { log, dropped } = world(0);
  for (let line = 0; line < 100_000; line++) log.write("info", "0123456789");
  const told = dropped().reduce((sum, bytes) => sum + bytes, 0);
  assert.ok(told >= 500_000, `${told} told of 1000000`);
  assert.ok(dropped().length <= 20, `${dropped().length} messages`);
  log.close();
  assert.equal(dropped().reduce((sum, bytes) => sum + bytes, 0), 1_000_000);
});

Deno.test("GuestCallLog bounds empty lines, too", () => {
  const { sent, log } = world(3);
  for (let line = 0; line < 1_000; line++) log.write("info", "");
  assert.equal(sent.length, 3);
});
