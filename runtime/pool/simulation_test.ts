import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { MemoryBudget } from "./adaptive/memory_budget.ts";
import { FakeSandbox } from "./testing/fake_runtime.ts";
import { poolFixture, poolRequest } from "./testing/pool_fixture.ts";

/** Mulberry32: small, seeded, good enough to shuffle events. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Who may ever have been in a sandbox: one of each, or the pool has mixed what must stay apart. */
interface Occupants {
  readonly identity: string;
  failed: boolean;
  perCall: boolean;
}

const MAX_SANDBOXES = 6;
const QUEUE_LIMIT = 12;

async function simulate(
  seed: number,
  { events, budgetBytes = Infinity }: { readonly events: number; readonly budgetBytes?: number },
): Promise<void> {
  const random = seeded(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const { pool, clock, runtime, finish } = poolFixture({
    maxSandboxes: MAX_SANDBOXES,
    blankTarget: 2,
    perKeyMax: 3,
    perTenantMax: 5,
    overlapBeforeSpread: 2,
    maxUses: 20,
    maxAgeMs: 3_000,
    idleMs: 1_500,
    queueLimit: QUEUE_LIMIT,
    queueWaitMs: 300,
    coldAfterMs: 200,
    blankCeiling: seed % 2 === 0 ? 3 : 2,
  }, { budget: new MemoryBudget(budgetBytes) });
  runtime.behaviour.spawnFails = () => random() < 0.03;
  runtime.behaviour.loadFails = () => random() < 0.03;
  const occupants = new Map<FakeSandbox, Occupants>();
  const outcomes = new Map<number, number>();
  const tally = { ok: 0, failed: 0, codes: new Set<string>() };
  let open = 0;

  const call = (id: number): void => {
    const tenant = pick(["t", "t", "t", "u", "v"]);
    const artifactDigest = pick(["a", "a", "b", "c"]);
    const env = pick<Record<string, string>>([{}, {}, { KEY: "1" }, { KEY: "2" }]);
    const reuse = random() < 0.15 ? "per-call" : "keep";
    const concurrency = artifactDigest === "a" ? 4 : 1;
    const memoryBytes = random() < 0.1 ? 7 : undefined;
    const abort = new AbortController();
    if (random() < 0.1) clock.after(random() * 60, () => abort.abort());
    const throws = random() < 0.08;
    const durationMs = random() < 0.05 ? 400 : random() * 30;
    const identity = JSON.stringify([tenant, artifactDigest, env, memoryBytes ?? null]);
    open += 1;
    const signal = abort.signal;
    const request = poolRequest({
      tenant,
      artifactDigest,
      env,
      reuse,
      concurrency,
      signal,
      memoryBytes,
    });
    pool.run(request, async (sandbox) => {
      assert.ok(sandbox instanceof FakeSandbox);
      const seen = occupants.get(sandbox);
      if (seen === undefined) {
        occupants.set(sandbox, { identity, failed: false, perCall: reuse === "per-call" });
      } else {
        assert.equal(seen.identity, identity, "one tenant, artifact, environment and class");
        assert.equal(seen.failed, false, "never reused after an error");
        assert.equal(seen.perCall, false, "a per-call sandbox is used once");
        assert.equal(reuse, "keep", "a per-call request gets an unused sandbox");
      }
      assert.ok(sandbox.overlap < concurrency, "no more overlap than allowed");
      assert.deepEqual(sandbox.unit?.env, env);
      try {
        await sandbox.work(
          durationMs,
          throws ? new AirlockError("tool_error", "call tool: it threw") : undefined,
        );
      } catch (error) {
        const mine = occupants.get(sandbox);
        if (mine !== undefined) mine.failed = true;
        throw error;
      }
    }).then(() => {
      assert.equal(throws, false, "a failed call does not report success");
      tally.ok += 1;
    }, (error: unknown) => {
      if (error instanceof AirlockError) tally.codes.add(error.code);
      else if (!(error instanceof DOMException)) throw error;
      tally.failed += 1;
    }).finally(() => {
      open -= 1;
      outcomes.set(id, (outcomes.get(id) ?? 0) + 1);
    });
  };

  for (let event = 0; event < events; event += 1) {
    const dice = random();
    if (dice < 0.7) call(event);
    else if (dice < 0.72) pick([...runtime.sandboxes, undefined])?.crash();
    else if (dice < 0.73) Object.assign(pick([...runtime.sandboxes, {}]), { cpuRate: 1 });
    else if (dice < 0.74) Object.assign(pick([...runtime.sandboxes, {}]), { rssBytes: 1e9 });
    else await clock.advance(random() < 0.03 ? 2_000 : random() * 30);

    const stats = pool.stats();
    assert.ok(runtime.alive <= MAX_SANDBOXES, `${runtime.alive} alive`);
    assert.ok(stats.waiting <= QUEUE_LIMIT, `${stats.waiting} waiting`);
    const { blank, starting, idle, busy, ending } = stats;
    assert.equal(blank + starting + idle + busy + ending, stats.total);
    assert.ok(stats.total <= MAX_SANDBOXES, `${stats.total} places taken`);
  }
  await clock.advance(5_000);
  assert.equal(open, 0, "every call has its outcome");
  assert.equal(tally.ok + tally.failed, outcomes.size);
  assert.ok([...outcomes.values()].every((count) => count === 1), "each exactly one");
  assert.ok(runtime.mostAlive <= MAX_SANDBOXES, `${runtime.mostAlive} alive at once`);
  assert.ok(tally.ok > events / 8, `${tally.ok} calls went well`);
  for (const code of ["tool_error", "sandbox_crashed", "pool_exhausted"]) {
    assert.ok(tally.codes.has(code), `${code} was seen`);
  }
  await finish();
}

for (const seed of [1, 2, 3, 4, 5]) {
  Deno.test(`run() keeps its promises through 2,000 random events (seed ${seed})`, async () => {
    await simulate(seed, { events: 2_000 });
  });
}

for (const sandboxes of [1, 3, 5]) {
  Deno.test(`run() keeps its promises with memory for ${sandboxes} sandboxes`, async () => {
    await simulate(sandboxes, { events: 2_000, budgetBytes: sandboxes * 50_000_000 });
  });
}

Deno.test("drain() keeps its promises whenever it comes", async () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const random = seeded(seed);
    const { pool, clock, runtime, finish } = poolFixture({ blankTarget: 2, perTenantMax: 3 });
    const calls = Array.from({ length: 12 }, (_, index) =>
      pool.run(
        poolRequest({ tenant: `${index % 3}`, artifactDigest: `${index % 2}`, concurrency: 2 }),
        (sandbox) => {
          assert.ok(sandbox instanceof FakeSandbox);
          return sandbox.work(random() * 80);
        },
      ));
    const outcomes = Promise.allSettled(calls);
    await clock.advance(random() * 100);
    const drained = pool.drain(random() < 0.5 ? 0 : random() * 100);
    await clock.advance(500);
    await drained;
    assert.equal(runtime.alive, 0);
    for (const outcome of await outcomes) {
      if (outcome.status === "rejected") assert.equal(outcome.reason.code, "shutting_down");
    }
    await finish();
  }
});
