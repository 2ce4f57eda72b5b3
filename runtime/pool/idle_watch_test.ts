import assert from "node:assert/strict";
import { type PoolFixture, poolFixture, poolRequest, working } from "./testing/pool_fixture.ts";

async function callOnce({ pool, clock }: PoolFixture): Promise<void> {
  const call = pool.run(poolRequest(), working(5));
  await clock.advance(30);
  await call;
}

Deno.test("an idle sandbox that burns CPU is killed within a second", async () => {
  const fixture = poolFixture();
  await callOnce(fixture);
  const sandbox = fixture.runtime.sandboxes[0];
  assert.ok(sandbox);
  sandbox.cpuRate = 0.9;
  await fixture.clock.advance(1_000);
  assert.equal(sandbox.gone, true);
  assert.deepEqual(fixture.pool.stats().retired, { "background-cpu": 1 });
  await fixture.finish();
});

Deno.test("a sandbox that burns CPU between calls that come often is killed too", async () => {
  const fixture = poolFixture();
  await callOnce(fixture);
  const sandbox = fixture.runtime.sandboxes[0];
  assert.ok(sandbox);
  sandbox.cpuRate = 1;
  for (let call = 0; call < 2; call += 1) {
    await callOnce(fixture);
    await fixture.clock.advance(450);
  }
  await fixture.clock.advance(450);
  assert.equal(sandbox.gone, true);
  await fixture.finish();
});

Deno.test("CPU burnt by a call, or a little by an idle sandbox, is no reason to kill it", async () => {
  const fixture = poolFixture();
  const { pool, clock, runtime } = fixture;
  await callOnce(fixture);
  const sandbox = runtime.sandboxes[0];
  assert.ok(sandbox);
  await clock.advance(900);
  sandbox.cpuRate = 1;
  const busy = pool.run(poolRequest(), working(3_000));
  await clock.advance(2_999);
  sandbox.cpuRate = 0.05;
  await clock.advance(5_000);
  await busy;
  assert.equal(sandbox.gone, false);
  await fixture.finish();
});

Deno.test("a sandbox that grew during a call is replaced right after it", async () => {
  const fixture = poolFixture({ maxRssGrowthBytes: 10_000_000 });
  const { pool, clock, runtime } = fixture;
  await callOnce(fixture);
  const sandbox = runtime.sandboxes[0];
  assert.ok(sandbox);
  await clock.advance(1_000);
  const growing = pool.run(poolRequest(), async (used) => {
    sandbox.rssBytes += 20_000_000;
    await clock.sleep(500);
    return used.id;
  });
  await clock.advance(510);
  assert.equal((await growing).value, sandbox.id, "the call itself is not hurt");
  assert.equal(sandbox.gone, true);
  assert.deepEqual(pool.stats().retired, { memory: 1 });
  await fixture.finish();
});

Deno.test("an idle sandbox that grows, or cannot be measured, is ended", async () => {
  const fixture = poolFixture({ maxRssGrowthBytes: 10_000_000 });
  const { pool, clock, runtime } = fixture;
  await callOnce(fixture);
  Object.assign(runtime.sandboxes[0] ?? {}, { rssBytes: 1e9 });
  await clock.advance(500);
  assert.deepEqual(pool.stats().retired, { memory: 1 });
  await callOnce(fixture);
  Object.assign(runtime.sandboxes[1] ?? {}, { usageFails: true });
  await clock.advance(500);
  assert.equal(pool.stats().retired.unresponsive, 1);
  await fixture.finish();
});

Deno.test("an idle sandbox ends after its idle time, and no timer is left", async () => {
  const fixture = poolFixture({ idleMs: 2_000 });
  await callOnce(fixture);
  assert.equal(fixture.clock.pending, 1, "one timer for all");
  await fixture.clock.advance(3_000);
  assert.deepEqual(fixture.pool.stats().retired, { idle: 1 });
  assert.equal(fixture.runtime.alive, 0);
  assert.equal(fixture.clock.pending, 0);
  await fixture.finish();
});
