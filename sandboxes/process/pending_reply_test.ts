import assert from "node:assert/strict";
import { type ExpectedReply, PendingReply } from "./pending_reply.ts";

const LOADED: ExpectedReply = { type: "loaded", timeoutMs: 5_000, stage: "load" };
const never = new Promise<never>(() => {});
const reply = { type: "loaded", importMs: 1 } as const;

Deno.test("PendingReply resolves with the reply that was asked for, and takes no other", async () => {
  const pending = new PendingReply();
  assert.equal(pending.settle(reply), false, "nobody asked");
  const expected = pending.expect(LOADED, { ask() {}, ended: never, onTimeout() {} });
  assert.equal(pending.waiting, true);
  assert.equal(pending.settle({ type: "ready" }), false);
  assert.equal(pending.settle(reply), true);
  assert.deepEqual(await expected, reply);
  assert.equal(pending.waiting, false);
  assert.equal(pending.settle(reply), false, "asked once, answered once");
});

Deno.test("PendingReply rejects in time, and says so", async () => {
  const told: string[] = [];
  const late = new PendingReply().expect({ ...LOADED, timeoutMs: 5 }, {
    ask() {},
    ended: never,
    onTimeout: (detail) => told.push(detail),
  });
  await assert.rejects(late, { code: "deadline_exceeded", stage: "load" });
  assert.deepEqual(told, ["load took longer than 5 ms"]);
});

Deno.test("PendingReply rejects when the guest ends or cannot be asked", async () => {
  const pending = new PendingReply();
  const ended = Promise.reject(new Error("gone"));
  await assert.rejects(pending.expect(LOADED, { ask() {}, ended, onTimeout() {} }), /gone/);
  const ask = () => {
    throw new Error("cannot ask");
  };
  await assert.rejects(pending.expect(LOADED, { ask, ended: never, onTimeout() {} }), /cannot ask/);
  assert.equal(pending.waiting, false);
});

Deno.test("PendingReply is asked one thing at a time", async () => {
  const pending = new PendingReply();
  const first = pending.expect(LOADED, { ask() {}, ended: never, onTimeout() {} });
  const second = pending.expect(LOADED, { ask() {}, ended: never, onTimeout() {} });
  await assert.rejects(second, { code: "internal" });
  pending.settle(reply);
  assert.deepEqual(await first, reply);
});
