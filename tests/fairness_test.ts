import assert from "node:assert/strict";
import { capConcurrency } from "../accounts/limits/cap_concurrency.ts";
import { TIER_CONCURRENCY } from "../accounts/limits/tier_limits.ts";
import { CallRecord } from "../runtime/call_record.ts";
import type { Executor } from "../spec/execution.ts";
import { TestWorld } from "./support/test_world.ts";

/** A tool that takes its time without a processor: what is measured is waiting, not computing. */
const WAITS = "export const wait = () => new Promise((resolve) => setTimeout(resolve, 100));";

const CALLS = 40;
const FLOOD = 64;

/** Latency that nine of ten of so many calls of an account, one after another, are below. */
async function p95Ms(executor: Executor, tenant: string): Promise<number> {
  const taken: number[] = [];
  for (let call = 0; call < CALLS; call++) {
    const startedMs = performance.now();
    const result = await callOf(executor, tenant);
    assert.ok(result.success, JSON.stringify(result));
    taken.push(performance.now() - startedMs);
  }
  return taken.toSorted((a, b) => a - b)[Math.ceil(CALLS * 0.95) - 1]!;
}

function callOf(executor: Executor, tenant: string) {
  return executor.execute({ packageName: "waits", name: "wait", params: {}, env: {} }, {
    tenant,
    requestId: crypto.randomUUID(),
    signal: new AbortController().signal,
    grant: { concurrentCalls: TIER_CONCURRENCY.FREE },
  });
}

/** Calls of an account without end, many at once, each begun anew when it ends. */
function flood(executor: Executor, tenant: string) {
  let over = false;
  let refused = 0;
  const loops = Array.from({ length: FLOOD }, async () => {
    while (!over) {
      const result = await callOf(executor, tenant);
      if (result.success) continue;
      refused++;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  return {
    get refused() {
      return refused;
    },
    async [Symbol.asyncDispose]() {
      over = true;
      await Promise.all(loops);
    },
  };
}

async function openWorld(env: Readonly<Record<string, string>>) {
  const world = await TestWorld.open({ env: { AIRLOCK_TIMEOUT_MS: "20000", ...env } });
  await world.publish("waits", WAITS);
  const { executor } = world.engine;
  await callOf(executor, "quiet");
  const refuse: Parameters<typeof capConcurrency>[1] = (error, { requestId }) =>
    new CallRecord({ requestId, isolation: "permissions" }).failure(error);
  return { world, executor, capped: capConcurrency(executor, refuse) };
}

Deno.test("one account's flood leaves another's calls within twice of alone", async () => {
  const { world, capped } = await openWorld({ AIRLOCK_MAX_SANDBOXES: "12" });
  await using _world = world;
  const aloneMs = await p95Ms(capped, "quiet");
  await using storm = flood(capped, "loud");
  // Its sandboxes start first: what is measured is a flood that goes on.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const floodedMs = await p95Ms(capped, "quiet");
  assert.ok(storm.refused > 0, "the flood is more than the cap");
  assert.ok(floodedMs <= 2 * aloneMs, `${floodedMs} ms, alone ${aloneMs} ms`);
});

Deno.test("without caps and turns, the flood keeps others waiting", async () => {
  const { world, executor } = await openWorld({
    ...{ AIRLOCK_MAX_SANDBOXES: "2", AIRLOCK_CALL_CONCURRENCY: "1" },
    ...{ AIRLOCK_QUEUE_WAIT_MS: "60000", AIRLOCK_BLANK_SANDBOXES: "0" },
  });
  await using _world = world;
  const startedMs = performance.now();
  await callOf(executor, "same");
  const aloneMs = performance.now() - startedMs;
  await using _storm = flood(executor, "same");
  await new Promise((resolve) => setTimeout(resolve, 500));
  const beginMs = performance.now();
  // One line for all: whoever comes last waits for everybody before.
  assert.ok((await callOf(executor, "same")).success);
  const floodedMs = performance.now() - beginMs;
  assert.ok(floodedMs > 2 * aloneMs, `${floodedMs} ms, alone ${aloneMs} ms`);
});
