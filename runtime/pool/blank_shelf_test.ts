import assert from "node:assert/strict";
import { poolFixture, poolRequest, working } from "./testing/pool_fixture.ts";

Deno.test("warm() starts blanks, and a call takes one and is not kept waiting by its refill", async () => {
  const { pool, clock, finish } = poolFixture({ blankTarget: 2 });
  const warm = pool.warm();
  await clock.advance(20);
  await warm;
  assert.equal(pool.stats().blank, 2);
  const call = pool.run(poolRequest(), working(5));
  assert.equal(pool.stats().blank, 1);
  await clock.advance(50);
  assert.deepEqual(await call, { value: "s1", start: "blank", acquireMs: 0, loadMs: 5 });
  assert.deepEqual([pool.stats().blank, pool.stats().idle], [2, 1]);
  await finish();
});

Deno.test("warm() fails when blanks cannot be started, and they are retried with pauses", async () => {
  const { pool, clock, runtime, finish } = poolFixture({ blankTarget: 2 });
  runtime.behaviour.spawnFails = () => true;
  const warm = assert.rejects(pool.warm(), { code: "sandbox_crashed" });
  await clock.advance(60_000);
  await warm;
  assert.ok(runtime.attempts > 5 && runtime.attempts < 40, `${runtime.attempts} tries in a minute`);
  runtime.behaviour.spawnFails = () => false;
  await clock.advance(15_000);
  assert.equal(pool.stats().blank, 2);
  assert.equal(clock.pending, 0, "no timer once the shelf is full");
  await finish();
});

Deno.test("blanks that die are replaced, with pauses when they keep dying", async () => {
  const { pool, clock, runtime, finish } = poolFixture({ blankTarget: 1 });
  const warm = pool.warm();
  await clock.advance(20);
  await warm;
  runtime.sandboxes[0]?.crash();
  await clock.advance(50);
  assert.equal(pool.stats().blank, 1);
  await finish();
});

Deno.test("a need of another class does not get a blank, but gets its place when there is no other", async () => {
  const { pool, clock, runtime, finish } = poolFixture({ maxSandboxes: 2, blankTarget: 1 });
  const warm = pool.warm();
  await clock.advance(20);
  await warm;
  const calls = ["a", "b"].map((artifactDigest) =>
    pool.run(poolRequest({ memoryBytes: 7, artifactDigest }), working(5))
  );
  await clock.advance(100);
  const starts = (await Promise.all(calls)).map(({ start }) => start);
  assert.deepEqual(starts, ["new", "new"]);
  assert.equal(runtime.mostAlive, 2);
  await finish();
});

Deno.test("blanks are replaced while calls of one key wait for each other", async () => {
  const { pool, clock, finish } = poolFixture({ maxSandboxes: 8, blankTarget: 2, perKeyMax: 2 });
  const calls = Array.from({ length: 20 }, () => pool.run(poolRequest(), working(50)));
  await clock.advance(30);
  assert.equal(pool.stats().waiting, 18);
  assert.equal(pool.stats().blank, 2);
  await clock.advance(5_000);
  await Promise.all(calls);
  await finish();
});

Deno.test("a full pool of idle sandboxes gives places back to blanks once they are cold", async () => {
  const { pool, clock, runtime, finish } = poolFixture({
    maxSandboxes: 4,
    blankTarget: 2,
    coldAfterMs: 5_000,
  });
  const calls = ["a", "b", "c", "d"].map((artifactDigest) =>
    pool.run(poolRequest({ artifactDigest }), working(5))
  );
  await clock.advance(1_000);
  await Promise.all(calls);
  assert.equal(pool.stats().blank, 0, "warm ones are of more use than blanks");
  await clock.advance(5_000);
  assert.deepEqual([pool.stats().blank, pool.stats().idle], [2, 2]);
  assert.ok(runtime.mostAlive <= 4);
  await finish();
});
