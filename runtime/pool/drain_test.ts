import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { poolFixture, poolRequest, working } from "./testing/pool_fixture.ts";

Deno.test("drain() lets running calls finish, turns away the others, and leaves nothing", async () => {
  const { pool, clock, runtime, finish } = poolFixture({ maxSandboxes: 2, blankTarget: 1 });
  const warm = pool.warm();
  await clock.advance(20);
  await warm;
  const running = [1, 2].map(() => pool.run(poolRequest(), working(500)));
  await clock.advance(50);
  const waiting = assert.rejects(pool.run(poolRequest(), working(5)), { code: "shutting_down" });
  const drained = pool.drain(1_000);
  await waiting;
  await assert.rejects(pool.run(poolRequest(), working(5)), { code: "shutting_down" });
  await clock.advance(600);
  await drained;
  assert.deepEqual((await Promise.all(running)).map(({ value }) => value), ["s1", "s2"]);
  assert.equal(runtime.alive, 0);
  assert.equal(clock.pending, 0);
  await finish();
});

Deno.test("drain() kills what is still running after the grace time, as shutting_down", async () => {
  const { pool, clock, runtime, finish } = poolFixture();
  const running = pool.run(poolRequest(), working(60_000));
  await clock.advance(50);
  const failed = assert.rejects(running, { code: "shutting_down" });
  const drained = pool.drain(1_000);
  await clock.advance(999);
  assert.equal(runtime.alive, 1);
  await clock.advance(10);
  await Promise.all([drained, failed]);
  assert.equal(runtime.alive, 0);
  await clock.advance(60_000);
  await finish();
});

Deno.test("drain() resolves only when every process is gone", async () => {
  const { pool, clock, runtime, finish } = poolFixture();
  runtime.behaviour.disposeMs = 300;
  const call = pool.run(poolRequest(), working(5));
  await clock.advance(50);
  await call;
  let isDrained = false;
  const drained = pool.drain(0).then(() => isDrained = true);
  await clock.advance(299);
  assert.equal(isDrained, false);
  await clock.advance(1);
  await drained;
  assert.equal(runtime.alive, 0);
  await finish();
});

Deno.test("drain() does not pass off a tool's own error as its doing", async () => {
  const { pool, clock, finish } = poolFixture();
  const own = new AirlockError("tool_error", "call tool: it threw");
  const running = pool.run(poolRequest(), working(500, own));
  const failed = assert.rejects(running, own);
  await clock.advance(50);
  const drained = pool.drain(1_000);
  await clock.advance(1_000);
  await Promise.all([drained, failed]);
  await finish();
});

Deno.test("drain() with less grace ends an earlier drain's patience", async () => {
  const { pool, clock, finish } = poolFixture();
  const running = assert.rejects(pool.run(poolRequest(), working(60_000)));
  await clock.advance(50);
  const patient = pool.drain(30_000);
  const hasty = pool.drain(0);
  await clock.advance(10);
  await Promise.all([patient, hasty, running]);
  assert.equal(clock.pending, 1, "only the fake call's own timer is left");
  await clock.advance(60_000);
  await finish();
});

Deno.test("drain() ends sandboxes that are still starting or loading", async () => {
  for (const atMs of [0, 5, 12]) {
    const { pool, clock, runtime, finish } = poolFixture({ blankTarget: 2 });
    const warm = pool.warm().catch(() => "a blank that is no longer wanted may fail to start");
    const call = assert.rejects(pool.run(poolRequest({ memoryBytes: 3 }), working(50)), {
      code: "shutting_down",
    });
    await clock.advance(atMs);
    const drained = pool.drain(0);
    await clock.advance(1_000);
    await Promise.all([drained, call, warm]);
    assert.equal(runtime.alive, 0);
    await finish();
  }
});

Deno.test("a pool disposes itself with its scope", async () => {
  const { pool, clock, runtime, finish } = poolFixture();
  const call = pool.run(poolRequest(), working(5));
  await clock.advance(50);
  await call;
  const gone = pool[Symbol.asyncDispose]();
  await clock.advance(50);
  await gone;
  assert.equal(runtime.alive, 0);
  await finish();
});
