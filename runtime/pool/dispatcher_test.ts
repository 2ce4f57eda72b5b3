import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { poolFixture, poolRequest, working } from "./testing/pool_fixture.ts";

Deno.test("a full pool evicts the least recently used idle sandbox", async () => {
  const { pool, clock, runtime, finish } = poolFixture({ maxSandboxes: 2 });
  for (const artifactDigest of ["a", "b", "a", "c"]) {
    const call = pool.run(poolRequest({ artifactDigest }), working(5));
    await clock.advance(50);
    await call;
  }
  assert.deepEqual(
    runtime.sandboxes.map(({ unit, gone }) => [unit?.codeDirectory, gone]),
    [["/artifacts/a", false], ["/artifacts/b", true], ["/artifacts/c", false]],
  );
  assert.equal(runtime.mostAlive, 2, "the evicted one was gone before the new one was made");
  await finish();
});

Deno.test("a call that gives up before its place is free starts nothing", async () => {
  const { pool, clock, runtime, finish } = poolFixture({ maxSandboxes: 1 });
  runtime.behaviour.disposeMs = 100;
  const first = pool.run(poolRequest(), working(5));
  await clock.advance(50);
  await first;
  const abort = new AbortController();
  const second = pool.run(poolRequest({ artifactDigest: "b", signal: abort.signal }), working(5));
  const failed = assert.rejects(second);
  await clock.advance(50);
  abort.abort();
  await failed;
  await clock.advance(500);
  assert.equal(runtime.attempts, 1);
  assert.equal(pool.stats().total, 0);
  await finish();
});

Deno.test("a full pool evicts from the key that has most", async () => {
  const { pool, clock, runtime, finish } = poolFixture({ maxSandboxes: 3 });
  const old = pool.run(poolRequest({ artifactDigest: "old" }), working(5));
  await clock.advance(50);
  const twins = [1, 2].map(() => pool.run(poolRequest({ artifactDigest: "twin" }), working(5)));
  await clock.advance(50);
  const next = pool.run(poolRequest({ artifactDigest: "new" }), working(5));
  await clock.advance(50);
  await Promise.all([old, next, ...twins]);
  assert.deepEqual(runtime.sandboxes.map(({ gone }) => gone), [false, true, false, false]);
  await finish();
});

Deno.test("a call waits for a place, and gets it", async () => {
  const { pool, clock, finish } = poolFixture({ maxSandboxes: 1 });
  const first = pool.run(poolRequest(), working(50));
  const second = pool.run(poolRequest(), working(50));
  const other = pool.run(poolRequest({ artifactDigest: "b" }), working(5));
  await clock.advance(0);
  assert.equal(pool.stats().waiting, 2);
  await clock.advance(200);
  assert.equal((await first).value, "s1");
  assert.deepEqual(await second, { value: "s1", start: "preloaded", acquireMs: 65, loadMs: 0 });
  assert.equal((await other).start, "new");
  await finish();
});

Deno.test("a call that waits too long gets pool_exhausted with a time to retry after", async () => {
  const { pool, clock, finish } = poolFixture({ maxSandboxes: 1, queueWaitMs: 100 });
  const first = pool.run(poolRequest(), working(500));
  const second = pool.run(poolRequest(), working(5));
  const failed = assert.rejects(second, (error) => {
    assert.ok(error instanceof AirlockError);
    assert.equal(error.code, "pool_exhausted");
    assert.equal(error.stage, "acquire");
    assert.ok((error.retryAfterMs ?? 0) >= 100);
    return true;
  });
  await clock.advance(100);
  await failed;
  await clock.advance(1_000);
  await first;
  assert.equal(pool.stats().exhausted, 1);
  await finish();
});

Deno.test("a call beyond the queue's limit gets pool_exhausted at once", async () => {
  const { pool, clock, finish } = poolFixture({ maxSandboxes: 1, queueLimit: 1 });
  const calls = [1, 2].map(() => pool.run(poolRequest(), working(5)));
  await assert.rejects(pool.run(poolRequest(), working(5)), { code: "pool_exhausted" });
  await clock.advance(100);
  await Promise.all(calls);
  await finish();
});

Deno.test("a waiting call that is aborted leaves the queue", async () => {
  const { pool, clock, finish } = poolFixture({ maxSandboxes: 1 });
  const abort = new AbortController();
  const first = pool.run(poolRequest(), working(100));
  const waiting = pool.run(poolRequest({ signal: abort.signal }), working(5));
  const failed = assert.rejects(waiting, { name: "AbortError" });
  abort.abort();
  await failed;
  assert.equal(pool.stats().waiting, 0);
  await clock.advance(200);
  await first;
  const late = new AbortController();
  late.abort(new Error("deadline"));
  await assert.rejects(pool.run(poolRequest({ signal: late.signal }), working(5)), /deadline/);
  await finish();
});

Deno.test("one tenant's flood of short calls does not starve another", async () => {
  const { pool, clock, finish } = poolFixture({ maxSandboxes: 1, queueLimit: 100 });
  const flood = Array.from({ length: 60 }, () => pool.run(poolRequest(), working(10)));
  await clock.advance(20);
  const other = pool.run(poolRequest({ tenant: "u" }), working(5));
  await clock.advance(200);
  const { acquireMs } = await other;
  assert.ok(acquireMs < 150, `waited ${acquireMs} ms`);
  assert.ok(pool.stats().waiting > 30, "the flood is still there");
  await clock.advance(5_000);
  await Promise.all(flood);
  assert.ok((pool.stats().starts.preloaded ?? 0) >= 57, "the flood was not slowed by new starts");
  await finish();
});

Deno.test("one tenant's long calls cannot hold every place", async () => {
  const { pool, clock, finish } = poolFixture({ maxSandboxes: 4, perTenantMax: 3 });
  const flood = Array.from(
    { length: 10 },
    (_, index) => pool.run(poolRequest({ artifactDigest: `${index}` }), working(5_000)),
  );
  await clock.advance(50);
  const other = pool.run(poolRequest({ tenant: "u" }), working(5));
  await clock.advance(50);
  assert.equal((await other).start, "new");
  const outcomes = Promise.allSettled(flood);
  await clock.advance(60_000);
  await outcomes;
  await finish();
});

Deno.test("one key's calls wait at its limit while others go on", async () => {
  const { pool, clock, runtime, finish } = poolFixture({ perKeyMax: 2 });
  const hot = [1, 2, 3].map(() => pool.run(poolRequest(), working(50)));
  const other = pool.run(poolRequest({ artifactDigest: "b" }), working(5));
  await clock.advance(30);
  await other;
  assert.equal(pool.stats().waiting, 1);
  assert.equal(runtime.sandboxes.length, 3);
  await clock.advance(200);
  await Promise.all(hot);
  await finish();
});

Deno.test("calls wait for a working sandbox of their key while starts are paused", async () => {
  const { pool, clock, runtime, finish } = poolFixture();
  const first = pool.run(poolRequest(), working(500));
  await clock.advance(50);
  runtime.behaviour.spawnFails = () => true;
  const failing = Promise.allSettled(
    Array.from(
      { length: 6 },
      (_, n) => pool.run(poolRequest({ artifactDigest: `${n}` }), working(5)),
    ),
  );
  await clock.advance(100);
  await failing;
  const more = Promise.allSettled([1, 2, 3].map(() => pool.run(poolRequest(), working(5))));
  await clock.advance(1_000);
  await first;
  assert.ok((await more).some(({ status }) => status === "fulfilled"));
  await finish();
});

Deno.test("a patient call waits for a short one instead of starting another sandbox", async () => {
  const { pool, clock, runtime, finish } = poolFixture({ patientFrom: 1, patienceMs: 25 });
  const first = pool.run(poolRequest(), working(5));
  await clock.advance(50);
  await first;
  const short = [1, 2, 3].map(() => pool.run(poolRequest(), working(8)));
  await clock.advance(100);
  for (const { start } of await Promise.all(short)) assert.equal(start, "preloaded");
  assert.equal(runtime.sandboxes.length, 1);
  await finish();
});

Deno.test("a patient call waits longer while the processors are busy, but not for good", async () => {
  const processors = { areBusy: () => true };
  const policy = { patientFrom: 1, patienceMs: 25, busyPatienceMs: 200 };
  const { pool, clock, runtime, finish } = poolFixture(policy, { processors });
  const first = pool.run(poolRequest(), working(1_000));
  await clock.advance(50);
  const second = pool.run(poolRequest(), working(5));
  await clock.advance(150);
  assert.equal(runtime.attempts, 1, "still patient");
  processors.areBusy = () => false;
  await clock.advance(50);
  assert.equal(runtime.attempts, 2, "there is room to work in");
  await second;
  processors.areBusy = () => true;
  const more = [1, 2].map(() => pool.run(poolRequest(), working(2_000)));
  await clock.advance(150);
  assert.equal(runtime.attempts, 2);
  await clock.advance(300);
  assert.equal(runtime.attempts, 3, "it has waited long enough");
  await clock.advance(5_000);
  await Promise.all([first, ...more]);
  await finish();
});

Deno.test("a patient call gets another sandbox when the others take long", async () => {
  const { pool, clock, runtime, finish } = poolFixture({ patientFrom: 1, patienceMs: 25 });
  const first = pool.run(poolRequest(), working(1_000));
  await clock.advance(50);
  const second = pool.run(poolRequest(), working(5));
  await clock.advance(20);
  assert.equal(runtime.attempts, 1, "still patient");
  await clock.advance(100);
  assert.notEqual((await second).start, "preloaded");
  assert.equal(runtime.attempts, 2);
  await clock.advance(1_000);
  await first;
  await finish();
});
