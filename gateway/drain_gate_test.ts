import assert from "node:assert/strict";
import { Hono } from "hono";
import { AirlockError } from "../spec/errors.ts";
import { createDrainGate } from "./drain_gate.ts";
import type { GatewayEnv } from "./gateway_env.ts";

const LONG_MS = 600_000;

Deno.test("createDrainGate() waits for what runs, and aborts nothing that ended in time", async () => {
  const gate = createDrainGate();
  const [first, second] = [gate.hold(), gate.hold()];
  assert.deepEqual([gate.running, gate.closed], [2, false]);
  let drained = false;
  const closing = gate.close(LONG_MS).then(() => drained = true);
  assert.equal(gate.closed, true);
  first();
  await Promise.resolve();
  assert.deepEqual([gate.running, drained, gate.signal.aborted], [1, false, false]);
  second();
  await closing;
  assert.equal(gate.running, 0);
});

Deno.test("createDrainGate() lets go of a hold once, however often it is told to", async () => {
  const gate = createDrainGate();
  const release = gate.hold();
  const other = gate.hold();
  release();
  release();
  assert.equal(gate.running, 1);
  other();
  await gate.close(LONG_MS);
});

Deno.test("createDrainGate() ends every wait for the same end", async () => {
  const gate = createDrainGate();
  const release = gate.hold();
  const waits = [gate.close(LONG_MS), gate.close(LONG_MS)];
  release();
  await Promise.all(waits);
  await gate.close(LONG_MS);
});

Deno.test("createDrainGate() aborts what outlasts its grace, or what is forced", async () => {
  for (const how of ["grace", "force", "forced before"] as const) {
    const gate = createDrainGate();
    gate.hold();
    const force = new AbortController();
    if (how === "forced before") force.abort();
    const closing = gate.close(how === "grace" ? 1 : LONG_MS, force.signal);
    if (how === "force") force.abort();
    await closing;
    assert.equal(gate.running, 1, how);
    assert.ok(gate.signal.aborted, how);
    const { reason } = gate.signal;
    assert.ok(reason instanceof AirlockError);
    assert.deepEqual([reason.code, reason.retryAfterMs], ["shutting_down", 5_000]);
    assert.match(reason.message, /stopped before it was done/);
  }
});

Deno.test("createDrainGate().admit() counts a request to its end, failed or not", async () => {
  const gate = createDrainGate();
  const app = new Hono<GatewayEnv>();
  app.onError((error, context) =>
    context.text(error instanceof AirlockError ? error.code : "bug", 500)
  );
  app.use(gate.admit());
  app.get("/fine", (context) => context.text(String(gate.running)));
  app.get("/fails", () => {
    throw new TypeError("bug");
  });
  assert.equal(await (await app.request("/fine")).text(), "1");
  assert.equal(await (await app.request("/fails")).text(), "bug");
  assert.equal(gate.running, 0);
  await gate.close(LONG_MS);
  assert.equal(await (await app.request("/fine")).text(), "shutting_down");
  assert.equal(gate.running, 0);
});
