import assert from "node:assert/strict";
import type { RuntimeExplanation } from "../spec/runtime_explanation.ts";
import { TestWorld } from "./support/test_world.ts";

const PATIENCE_MS = 60_000;

async function explain(world: TestWorld, packageName: string): Promise<RuntimeExplanation> {
  return await world.engine.describer.explain({ packageName, version: "1.0.0" }, {
    tenant: "test",
    requestId: crypto.randomUUID(),
    signal: new AbortController().signal,
  });
}

/** Calls with one input after another until the comparison has a result. */
async function callUntilCompared(world: TestWorld, packageName: string) {
  const untilMs = performance.now() + PATIENCE_MS;
  for (let n = 0; performance.now() < untilMs; n += 1) {
    const { compared } = await explain(world, packageName);
    if (compared.length > 0) return compared;
    const result = await world.call({ packageName, name: "run", params: { n } });
    assert.ok(result.success, JSON.stringify(result));
    assert.equal(result.meta.runtime, "deno");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return assert.fail("nothing was compared");
}

Deno.test("a pure tool moves to QuickJS once its results there were seen to be equal", async () => {
  await using world = await TestWorld.open();
  await world.publish(
    "pure-and-equal",
    `export function run({ n }) { return { square: n * n, text: "n".repeat(n % 5) }; }`,
    { packageJson: { airlock: { pure: true } } },
  );
  const before = await world.call({
    packageName: "pure-and-equal",
    name: "run",
    params: { n: -1 },
  });
  assert.equal(before.meta.runtime, "deno");
  const refused = before.meta.refusals.find(({ runtime }) => runtime === "quickjs");
  assert.equal(refused?.by, "proof");
  const [proof] = await callUntilCompared(world, "pure-and-equal");
  assert.deepEqual([proof?.runtime, proof?.state, proof?.tool], ["quickjs", "equal", "run"]);
  const params = { n: 123_456 };
  const call = { packageName: "pure-and-equal", name: "run", params };
  // On a busy machine it takes some more comparisons to see that the tool is short.
  const untilMs = performance.now() + PATIENCE_MS;
  for (let n = 1_000; performance.now() < untilMs; n += 1) {
    const { meta } = await world.call({ ...call, params: { n } });
    if (meta.runtime === "quickjs") break;
  }
  const after = await world.call(call);
  assert.equal(after.meta.runtime, "quickjs");
  assert.deepEqual(after.success && after.output, { square: 123_456 ** 2, text: "n" });
  const { words } = await explain(world, "pure-and-equal");
  assert.match(words[0] ?? "", /^quickjs would run it: it is pure, takes/);
  // Results of pristine instances are everybody's.
  const stranger = { tenant: "stranger" };
  assert.equal((await world.call(call, stranger)).meta.cache, "hit");
  assert.deepEqual(world.unexpected, []);
});

Deno.test("a tool whose results differ in QuickJS stays out of it, and the diff says why", async () => {
  await using world = await TestWorld.open();
  // Engines word their errors differently.
  const source = `export function run() {
    try { return null.x; } catch ({ message }) { return { message, same: 1 }; }
  }`;
  await world.publish("pure-but-different", source, {
    packageJson: { airlock: { pure: true, examples: [{ tool: "run", params: {} }] } },
  });
  const [proof] = await callUntilCompared(world, "pure-but-different");
  assert.equal(proof?.state, "different");
  assert.equal(
    proof?.diff,
    `  {\n-  "message": "Cannot read properties of null (reading 'x')",\n` +
      `+  "message": "cannot read property 'x' of null",`,
  );
  for (const runtime of [undefined, "quickjs"] as const) {
    const result = await world.call({
      ...{ packageName: "pure-but-different", name: "run", params: { n: -2 }, cache: false },
      ...(runtime && { runtime }),
    });
    assert.equal(result.meta.runtime, runtime === undefined ? "deno" : null);
    const refusals = result.success ? result.meta.refusals : result.details?.refusals;
    assert.match(JSON.stringify(refusals), /its results differ.*Cannot read properties/);
  }
});

Deno.test("a tool that gives another result every time is not judged by that", async () => {
  await using world = await TestWorld.open();
  await world.publish(
    "pure-in-name-only",
    `export function run() { return { at: Math.random() }; }`,
    { packageJson: { airlock: { pure: true } } },
  );
  const [proof] = await callUntilCompared(world, "pure-in-name-only");
  assert.equal(proof?.state, "unsteady");
  assert.doesNotMatch(proof?.diff ?? "", /0\./, "a caller's results are not shown to others");
});
