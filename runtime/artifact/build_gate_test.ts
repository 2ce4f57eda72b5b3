import assert from "node:assert/strict";
import { BuildGate } from "./build_gate.ts";

const never = new AbortController().signal;

Deno.test("BuildGate.enter() lets in by order of arrival, never more than allowed", async () => {
  const gate = new BuildGate({ maxRunning: 1, maxWaiting: 5 });
  const order: number[] = [];
  const first = await gate.enter(never);
  const later = [1, 2, 3].map(async (index) => {
    using _place = await gate.enter(never);
    order.push(index);
  });
  await Promise.resolve();
  assert.deepEqual(order, []);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  await Promise.all(later);
  assert.deepEqual(order, [1, 2, 3]);
});

Deno.test("BuildGate.enter() refuses beyond its queue and forgets who left it", async () => {
  const gate = new BuildGate({ maxRunning: 1, maxWaiting: 1 });
  const first = await gate.enter(never);
  const leaver = new AbortController();
  const waiting = gate.enter(leaver.signal);
  await assert.rejects(gate.enter(never), { code: "pool_exhausted" });
  leaver.abort(new Error("gone"));
  await assert.rejects(waiting, { message: "gone" });
  const next = gate.enter(never);
  first[Symbol.dispose]();
  using _place = await next;
  await assert.rejects(gate.enter(AbortSignal.abort(new Error("late"))), { message: "late" });
});
