import assert from "node:assert/strict";
import { createRequestGate } from "./request_gate.ts";

const NEVER = new AbortController().signal;

Deno.test("createRequestGate() admits in order and counts each leave once", async () => {
  const gate = createRequestGate(1);
  const leave = await gate.enter(NEVER);
  const order: number[] = [];
  const second = gate.enter(NEVER).then((next) => (order.push(2), next));
  const third = gate.enter(NEVER).then((next) => (order.push(3), next));
  leave();
  leave();
  const leaveSecond = await second;
  assert.deepEqual(order, [2]);
  leaveSecond();
  (await third)();
  (await gate.enter(NEVER))();
});

Deno.test("createRequestGate() forgets who gave up waiting", async () => {
  const gate = createRequestGate(1);
  const leave = await gate.enter(NEVER);
  const controller = new AbortController();
  const waiting = gate.enter(controller.signal);
  controller.abort(new Error("gone"));
  await assert.rejects(waiting, { message: "gone" });
  await assert.rejects(gate.enter(controller.signal), { message: "gone" });
  leave();
  (await gate.enter(NEVER))();
});
