import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import type { PoolStart } from "./pool_request.ts";
import { poolFixture, poolRequest, working } from "./testing/pool_fixture.ts";

Deno.test("run() starts a sandbox, then serves the same key from it", async () => {
  const { pool, clock, finish } = poolFixture();
  const first = pool.run(poolRequest(), working(20));
  await clock.advance(50);
  const second = pool.run(poolRequest(), working(20));
  await clock.advance(50);
  assert.deepEqual(await first, { value: "s1", start: "new", acquireMs: 10, loadMs: 5 });
  assert.deepEqual(await second, { value: "s1", start: "preloaded", acquireMs: 0, loadMs: 0 });
  await finish();
});

Deno.test("run() shares nothing warm across tenant, artifact, module, permissions, env or class", async () => {
  const { pool, clock, runtime, finish } = poolFixture({ maxSandboxes: 16, perTenantMax: 16 });
  const base = poolRequest();
  const requests = [
    base,
    poolRequest({ tenant: "u" }),
    poolRequest({ artifactDigest: "b" }),
    poolRequest({ unit: { ...base.unit, entry: "other.js" } }),
    poolRequest({
      need: { ...base.need, permissions: { net: "public", netDirect: [], fs: "none" } },
    }),
    poolRequest({ env: { KEY: "1" } }),
    poolRequest({ env: { KEY: "2" } }),
    poolRequest({ memoryBytes: 1 }),
  ];
  const ids = new Set<string>();
  for (const request of requests) {
    const call = pool.run(request, working(5));
    await clock.advance(50);
    ids.add((await call).value);
  }
  assert.equal(ids.size, requests.length);
  assert.equal(runtime.alive, requests.length);
  await finish();
});

Deno.test("run() destroys the sandbox after any error, the tool's own included", async () => {
  const { pool, clock, runtime, finish } = poolFixture();
  for (const error of [new AirlockError("tool_error", "call tool: it threw"), new Error("x")]) {
    const call = pool.run(poolRequest(), working(5, error));
    await Promise.all([assert.rejects(call, error), clock.advance(50)]);
    assert.equal(runtime.alive, 0);
  }
  assert.equal(pool.stats().retired.error, 2);
  await finish();
});

Deno.test("run() gives a per-call request a process of its own, used once", async () => {
  const { pool, clock, runtime, finish } = poolFixture();
  const request = poolRequest({ reuse: "per-call" });
  const kept = pool.run(poolRequest(), working(5));
  await clock.advance(50);
  const first = pool.run(request, working(5));
  await clock.advance(50);
  const second = pool.run(request, working(5));
  await clock.advance(50);
  const ids = [(await kept).value, (await first).value, (await second).value];
  assert.deepEqual(ids, ["s1", "s2", "s3"]);
  assert.equal(runtime.alive, 1, "only the kept one is left");
  await finish();
});

Deno.test("run() replaces a sandbox after its uses and at its age", async () => {
  const { pool, clock, finish } = poolFixture({ maxUses: 2, maxAgeMs: 1_000 });
  const ids: string[] = [];
  for (let call = 0; call < 3; call += 1) {
    const running = pool.run(poolRequest(), working(5));
    await clock.advance(50);
    ids.push((await running).value);
  }
  assert.deepEqual(ids, ["s1", "s1", "s2"]);
  const long = pool.run(poolRequest(), working(2_000));
  await clock.advance(2_100);
  assert.equal((await long).value, "s2");
  assert.deepEqual(pool.stats().retired, { uses: 2 });
  const aged = pool.run(poolRequest(), working(1_500));
  await clock.advance(2_000);
  await aged;
  assert.equal(pool.stats().retired.age, 1);
  await finish();
});

Deno.test("run() overlaps calls in one sandbox up to what both allow", async () => {
  const { pool, clock, runtime, finish } = poolFixture({ overlapBeforeSpread: 8 });
  const calls = [1, 2, 3].map(() => pool.run(poolRequest({ concurrency: 3 }), working(50)));
  await clock.advance(20);
  const alone = pool.run(poolRequest({ concurrency: 1 }), working(50));
  await clock.advance(200);
  const values = (await Promise.all(calls)).map(({ value }) => value);
  assert.deepEqual(values, ["s1", "s1", "s1"]);
  assert.equal((await alone).value, "s2", "a call that wants to be alone does not join");
  assert.equal(runtime.sandboxes[0]?.mostOverlap, 3);
  await finish();
});

Deno.test("run() lets nobody in where a call wants to be alone", async () => {
  const { pool, clock, runtime, finish } = poolFixture();
  const alone = pool.run(poolRequest({ concurrency: 1 }), working(50));
  const social = pool.run(poolRequest({ concurrency: 4 }), working(50));
  await clock.advance(200);
  assert.deepEqual([(await alone).value, (await social).value], ["s1", "s2"]);
  assert.equal(runtime.sandboxes[0]?.mostOverlap, 1);
  await finish();
});

Deno.test("run() spreads overlapping calls over sandboxes, then fills them", async () => {
  const { pool, clock, runtime, finish } = poolFixture({ overlapBeforeSpread: 2, perKeyMax: 2 });
  const calls = Array.from(
    { length: 8 },
    () => pool.run(poolRequest({ concurrency: 8 }), working(50)),
  );
  await clock.advance(200);
  await Promise.all(calls);
  assert.deepEqual(runtime.sandboxes.map(({ mostOverlap }) => mostOverlap), [4, 4]);
  await finish();
});

Deno.test("run() lets overlapping calls finish after one throws, and lets none in", async () => {
  const { pool, clock, runtime, finish } = poolFixture();
  const request = poolRequest({ concurrency: 4 });
  const good = pool.run(request, async (sandbox) => {
    await clock.sleep(100);
    return sandbox.id;
  });
  const bad = pool.run(request, working(10, new AirlockError("tool_error", "call tool: it threw")));
  await Promise.all([assert.rejects(bad), clock.advance(30)]);
  const later = pool.run(request, working(5));
  await clock.advance(50);
  assert.equal((await later).value, "s2");
  assert.equal(runtime.sandboxes[0]?.gone, false);
  await clock.advance(100);
  assert.equal((await good).value, "s1");
  assert.equal(runtime.sandboxes[0]?.gone, true);
  await finish();
});

Deno.test("run() rejects every overlapping call when the sandbox crashes, and removes it at once", async () => {
  const { pool, clock, runtime, finish } = poolFixture();
  const request = poolRequest({ concurrency: 4 });
  const calls = [1, 2, 3].map(() => pool.run(request, working(100)));
  const outcomes = Promise.allSettled(calls);
  await clock.advance(30);
  runtime.sandboxes[0]?.crash();
  await clock.advance(0);
  const next = pool.run(request, working(5));
  await clock.advance(50);
  assert.deepEqual((await outcomes).map(({ status }) => status), Array(3).fill("rejected"));
  assert.equal((await next).value, "s2");
  await finish();
});

Deno.test("run() forgets an idle sandbox that exits by itself", async () => {
  const { pool, clock, runtime, finish } = poolFixture();
  const first = pool.run(poolRequest(), working(5));
  await clock.advance(50);
  await first;
  runtime.sandboxes[0]?.crash();
  await clock.advance(0);
  assert.equal(pool.stats().total, 0);
  assert.deepEqual(pool.stats().retired, { exited: 1 });
  await finish();
});

Deno.test("run() surfaces a failed start, and pauses starts after several", async () => {
  const { pool, clock, runtime, finish } = poolFixture();
  runtime.behaviour.spawnFails = () => true;
  for (let call = 0; call < 20; call += 1) {
    const running = pool.run(poolRequest(), working(5));
    const failed = assert.rejects(running, { code: "sandbox_crashed", stage: "acquire" });
    await Promise.all([failed, clock.advance(10)]);
  }
  assert.ok(runtime.attempts < 8, `${runtime.attempts} starts were tried`);
  runtime.behaviour.spawnFails = () => false;
  await clock.advance(20_000);
  const again = pool.run(poolRequest(), working(5));
  await clock.advance(50);
  assert.equal((await again).start, "new");
  await finish();
});

Deno.test("run() destroys a sandbox whose loading failed, for all who waited for it", async () => {
  const { pool, clock, runtime, finish } = poolFixture();
  runtime.behaviour.loadFails = () => true;
  const calls = [1, 2].map(() => pool.run(poolRequest({ concurrency: 2 }), working(5)));
  const failed = calls.map((call) => assert.rejects(call, { code: "tool_error", stage: "load" }));
  await Promise.all([...failed, clock.advance(50)]);
  assert.equal(runtime.alive, 0);
  await finish();
});

Deno.test("run() gives up at once when aborted while starting, and leaves nothing behind", async () => {
  const { pool, clock, runtime, finish } = poolFixture();
  for (const abortAtMs of [0, 5, 12]) {
    const abort = new AbortController();
    const call = pool.run(poolRequest({ signal: abort.signal }), working(5));
    const failed = assert.rejects(call, { name: "AbortError" });
    await clock.advance(abortAtMs);
    abort.abort();
    await failed;
    await clock.advance(50);
    assert.equal(runtime.alive, 0);
  }
  assert.equal(runtime.sandboxes.every(({ calls }) => calls === 0), true);
  await finish();
});

Deno.test("run() keeps a loading sandbox for the calls that still wait for it", async () => {
  const { pool, clock, finish } = poolFixture();
  const abort = new AbortController();
  const opener = pool.run(poolRequest({ concurrency: 2, signal: abort.signal }), working(5));
  const joiner = pool.run(poolRequest({ concurrency: 2 }), working(5));
  const failed = assert.rejects(opener);
  abort.abort();
  await Promise.all([failed, clock.advance(50)]);
  assert.equal((await joiner).value, "s1");
  await finish();
});

Deno.test("run() tells how the call started before it is used", async () => {
  const { pool, clock, finish } = poolFixture();
  const seen: PoolStart[] = [];
  const failing = pool.run(
    poolRequest({ onStart: (start) => seen.push(start) }),
    working(5, new Error("x")),
  );
  await Promise.all([assert.rejects(failing), clock.advance(50)]);
  assert.deepEqual(seen, [{ start: "new", acquireMs: 10, loadMs: 5 }]);
  await finish();
});
