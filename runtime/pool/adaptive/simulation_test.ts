import assert from "node:assert/strict";
// Recorded from gateways on one machine that ran real packages, hostile tools and comparisons at the
// same time: when each call asked for a sandbox, its tenant, its artifact and how long it held one.
import recorded from "../testing/recorded_arrivals.json" with { type: "json" };
import { poolPolicy } from "../pool_policy.ts";
import type { PoolStats } from "../pool_request.ts";
import { createSandboxPool } from "../sandbox_pool.ts";
import { FakeRuntime } from "../testing/fake_runtime.ts";
import { ManualClock } from "../testing/manual_clock.ts";
import { NEED, poolRequest, working } from "../testing/pool_fixture.ts";
import { MemoryBudget } from "./memory_budget.ts";

const SANDBOX_BYTES = 50_000_000;
const QUIET_MS = 600_000;

interface Arrival {
  readonly atMs: number;
  readonly tenant: string;
  readonly artifactDigest: string;
  readonly holdMs: number;
}

const ARRIVALS: readonly Arrival[] = recorded.map(([atMs = 0, tenant, artifact, holdMs = 1]) => ({
  atMs,
  tenant: `t${tenant}`,
  artifactDigest: `a${artifact}`,
  holdMs,
}));

interface Outcome {
  readonly stats: PoolStats;
  readonly waitedMs: number;
  readonly budget: ReturnType<MemoryBudget["numbers"]>;
  /** Blanks kept when the last call had ended, and after ten minutes of silence. */
  readonly blanks: readonly [after: number, later: number];
}

/** Plays the trace `rounds` times, one after the other. */
async function play(options: {
  readonly blanks: readonly [least: number, most: number];
  readonly budgetBytes?: number;
  readonly rounds?: number;
}): Promise<Outcome> {
  const { blanks: [least, most], budgetBytes = Infinity, rounds = 1 } = options;
  const clock = new ManualClock();
  const runtime = new FakeRuntime(clock);
  Object.assign(runtime.behaviour, { spawnMs: 50, loadMs: 20 });
  const budget = new MemoryBudget(budgetBytes);
  const pool = createSandboxPool({
    ...{ runtime, clock, budget },
    policy: poolPolicy({
      ...{ maxSandboxes: 24, blankNeed: NEED, blankTarget: least, blankCeiling: most },
      ...{ idleMs: 120_000, refillDelayMs: 100 },
    }),
  });
  void pool.warm();
  await clock.advance(1_000);
  let waitedMs = 0;
  const calls: Promise<unknown>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startMs = clock.nowMs();
    for (const { atMs, tenant, artifactDigest, holdMs } of ARRIVALS) {
      await clock.advance(Math.max(0, startMs + atMs - clock.nowMs()));
      const request = poolRequest({
        ...{ tenant, artifactDigest },
        onStart: ({ acquireMs, loadMs }) => waitedMs += acquireMs + loadMs,
      });
      calls.push(pool.run(request, working(holdMs)));
      const ready = pool.stats().blank + pool.stats().idle;
      const used = budget.numbers().usedBytes;
      assert.ok(used <= budgetBytes || ready === 0, `${used} bytes with ${ready} ready`);
    }
    await clock.advance(15_000);
  }
  await Promise.all(calls);
  const stats = pool.stats();
  await clock.advance(QUIET_MS);
  const later = pool.stats().blank;
  const numbers = budget.numbers();
  const drained = pool.drain(0);
  await clock.advance(1_000);
  await drained;
  assert.equal(budget.numbers().usedBytes, 0, "every byte was given back");
  assert.deepEqual([runtime.alive, clock.pending], [0, 0]);
  return { stats, waitedMs, budget: numbers, blanks: [stats.blank, later] };
}

Deno.test("a pool that adapts makes fewer recorded calls wait for a process", async () => {
  const fixed = await play({ blanks: [2, 2], rounds: 2 });
  const adaptive = await play({ blanks: [2, 12], rounds: 2 });
  assert.deepEqual([fixed.stats.exhausted, adaptive.stats.exhausted], [0, 0]);
  const [before, after] = [fixed.stats.starts.new ?? 0, adaptive.stats.starts.new ?? 0];
  assert.ok(after <= before / 2, `${after} calls waited for a process, ${before} before`);
  assert.ok(adaptive.waitedMs < fixed.waitedMs, `${adaptive.waitedMs} of ${fixed.waitedMs} ms`);
});

Deno.test("a pool that adapts goes back to its floor when nobody calls", async () => {
  const { blanks: [after, later], budget } = await play({ blanks: [1, 12] });
  assert.ok(after > 1, "the last burst is remembered for a while");
  assert.equal(later, 1);
  assert.equal(budget.usedBytes, SANDBOX_BYTES);
  const none = await play({ blanks: [0, 12] });
  assert.deepEqual([none.blanks[1], none.budget.usedBytes], [0, 0]);
});

Deno.test("a pool keeps ready what fits into its memory, and serves every call all the same", async () => {
  const free = await play({ blanks: [2, 12] });
  const bound = await play({ blanks: [2, 12], budgetBytes: 8 * SANDBOX_BYTES });
  const tight = await play({ blanks: [2, 12], budgetBytes: SANDBOX_BYTES });
  for (const { stats, budget } of [free, bound, tight]) {
    assert.equal(stats.exhausted, 0);
    const served = Object.values(stats.starts).reduce((sum, count) => sum + count, 0);
    assert.equal(served, ARRIVALS.length);
    assert.equal(budget.shed, stats.retired.budget ?? 0);
  }
  assert.equal(free.budget.shed, 0);
  assert.ok(bound.budget.shed > 0);
  const preloaded = [free, bound, tight].map(({ stats }) => stats.starts.preloaded ?? 0);
  assert.ok(preloaded[0]! >= preloaded[1]! && preloaded[1]! >= preloaded[2]!, `${preloaded}`);
  assert.ok(bound.waitedMs <= tight.waitedMs, "what is kept is worth its memory");
});
