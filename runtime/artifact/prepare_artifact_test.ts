import assert from "node:assert/strict";
import { join } from "node:path";
import { AirlockError } from "../../spec/errors.ts";
import {
  blockStep,
  never,
  NPM,
  POLICY,
  preparerWorld,
} from "../../tests/support/preparer_world.ts";
import { ArtifactStore } from "./artifact_store.ts";
import { judgeDeno } from "./judge_deno.ts";
import { createArtifactPreparer } from "./prepare_artifact.ts";

Deno.test("prepare() builds once, then serves the stored artifact", async () => {
  await using world = await preparerWorld();
  {
    using first = await world.preparer.prepare(NPM, { signal: never() });
    assert.equal(first.built, true);
    const steps = ["resolve", "fetch", "network", "build", "probe", "store"];
    assert.deepEqual(Object.keys(first.timings).sort(), steps.sort());
  }
  using second = await world.preparer.prepare(NPM, { signal: never() });
  assert.equal(second.built, false);
  assert.deepEqual(world.npm.counts, { resolve: 1, fetch: 1, build: 1, probe: 1 });
});

Deno.test("prepare() asks no source for an exact version that an earlier process stored", async () => {
  await using world = await preparerWorld();
  (await world.preparer.prepare(NPM, { signal: never() }))[Symbol.dispose]();
  await using later = world.make();
  using prepared = await later.prepare(NPM, { signal: never() });
  assert.deepEqual(prepared.timings, {});
  assert.equal(world.npm.counts.resolve, 1);
});

Deno.test("prepare() resolves a range again only after its time", async () => {
  const request = { ...NPM, version: "^1.0.0" };
  for (const [resolveTtlMs, resolves] of [[60_000, 1], [1, 3]] as const) {
    await using world = await preparerWorld({ resolveTtlMs });
    for (let turn = 0; turn < 3; turn++) {
      (await world.preparer.prepare(request, { signal: never() }))[Symbol.dispose]();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.equal(world.npm.counts.resolve, resolves);
    assert.equal(world.npm.counts.build, 1);
  }
});

Deno.test("prepare() remembers that a package is not there, and no other failure", async () => {
  await using world = await preparerWorld();
  const missing = { ...NPM, version: "9.0.0" };
  for (let turn = 0; turn < 3; turn++) {
    await assert.rejects(world.preparer.prepare(missing, { signal: never() }), {
      code: "artifact_failed",
      stage: "resolve",
    });
  }
  assert.equal(world.npm.counts.resolve, 1);
  world.npm.hooks.resolve = () => {
    throw new AirlockError("artifact_failed", "resolve: the registry is down", {
      stage: "resolve",
      retryable: true,
    });
  };
  for (let turn = 0; turn < 3; turn++) {
    await assert.rejects(world.preparer.prepare(NPM, { signal: never() }));
  }
  assert.equal(world.npm.counts.resolve, 4);
});

Deno.test("prepare() makes 50 concurrent first calls one build", async () => {
  await using world = await preparerWorld();
  const lines: string[] = [];
  const progress = (line: string) => lines.push(line);
  const block = blockStep(world.npm, "fetch");
  const calls = Array.from(
    { length: 50 },
    () => world.preparer.prepare(NPM, { signal: never(), progress }),
  );
  await block.entered;
  await new Promise((resolve) => setTimeout(resolve, 50));
  block.open();
  const all = await Promise.all(calls);
  assert.deepEqual(world.npm.counts, { resolve: 1, fetch: 1, build: 1, probe: 1 });
  assert.equal(new Set(all.map(({ artifact }) => artifact.digest)).size, 1);
  // Everybody who waits is told how it goes; under load some may come when it is over.
  assert.ok(lines.filter((line) => line === "build").length > 1);
  // Each holds for itself: nothing goes while one is left.
  for (const prepared of all.slice(1)) prepared[Symbol.dispose]();
  assert.equal((await world.store.prune({ all: true })).inUse.length, 1);
  all[0]?.[Symbol.dispose]();
  assert.equal((await world.store.prune({ all: true })).removed.length, 1);
});

Deno.test("prepare() lets one caller abort without harm to the others", async () => {
  await using world = await preparerWorld();
  const block = blockStep(world.npm, "build");
  const leaver = new AbortController();
  const stays = world.preparer.prepare(NPM, { signal: never() });
  await block.entered;
  const left = world.preparer.prepare(NPM, { signal: leaver.signal });
  // Time to come in; whoever leaves before that does no harm either.
  await new Promise((resolve) => setTimeout(resolve, 50));
  leaver.abort(new Error("gone"));
  await assert.rejects(left, { message: "gone" });
  assert.equal(block.signals[0]?.aborted, false);
  block.open();
  using prepared = await stays;
  assert.equal(prepared.built, true);
});

Deno.test("prepare() stops the build when the last caller has left, and the next starts anew", async () => {
  await using world = await preparerWorld();
  const block = blockStep(world.npm, "build");
  const leavers = [new AbortController(), new AbortController()];
  const waiting = leavers.map(({ signal }) => world.preparer.prepare(NPM, { signal }));
  await block.entered;
  for (const leaver of leavers) leaver.abort(new Error("gone"));
  for (const outcome of await Promise.allSettled(waiting)) {
    assert.equal(outcome.status, "rejected");
  }
  assert.equal(block.signals[0]?.aborted, true);
  delete world.npm.hooks.build;
  using prepared = await world.preparer.prepare(NPM, { signal: never() });
  assert.equal(prepared.built, true);
  assert.equal(world.npm.counts.fetch, 2);
});

Deno.test("prepare() runs a bounded number of builds, refuses beyond its queue", async () => {
  await using world = await preparerWorld({ maxConcurrentBuilds: 2, maxQueuedBuilds: 3 });
  const block = blockStep(world.npm, "fetch");
  const calls = Array.from(
    { length: 7 },
    (_, index) => world.preparer.prepare({ ...NPM, packageName: `p${index}` }, { signal: never() }),
  );
  let turnedAway = 0;
  for (const call of calls) call.catch(() => turnedAway++);
  // All have come in when two are building and two were turned away.
  while (block.signals.length < 2 || turnedAway < 2) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  block.open();
  const outcomes = await Promise.allSettled(calls);
  const refused = outcomes.filter((outcome) => outcome.status === "rejected");
  assert.equal(refused.length, 2);
  for (const { reason } of refused) {
    assert.equal(reason.code, "pool_exhausted");
    assert(reason.retryAfterMs > 0);
  }
  for (const outcome of outcomes) {
    if (outcome.status === "fulfilled") outcome.value[Symbol.dispose]();
  }
  assert.equal(world.npm.running.most, 2);
});

Deno.test("prepare() ends a build at its deadline and says which step took the time", async () => {
  await using world = await preparerWorld({ buildDeadlineMs: 1000 });
  blockStep(world.npm, "build");
  await assert.rejects(world.preparer.prepare(NPM, { signal: never() }), {
    code: "deadline_exceeded",
    stage: "build",
  });
});

Deno.test("prepare() answers at the deadline though a step does not heed its signal", async () => {
  await using world = await preparerWorld({ buildDeadlineMs: 1000 });
  const block = blockStep(world.npm, "probe", false);
  await assert.rejects(world.preparer.prepare(NPM, { signal: never() }), {
    code: "deadline_exceeded",
    stage: "probe",
  });
  block.open();
});

Deno.test("prepare() holds a second build to the lock of the first", async () => {
  await using world = await preparerWorld();
  (await world.preparer.prepare(NPM, { signal: never() }))[Symbol.dispose]();
  await world.store.prune({ all: true });
  world.npm.published.integrity = "sha512-evil";
  await assert.rejects(world.preparer.prepare(NPM, { signal: never() }), {
    code: "artifact_failed",
    stage: "store",
  });
  assert.deepEqual(world.npm.locks[1]?.packages, { "sample@1.0.0": "sha512-good" });
});

Deno.test("prepare() turns what the code does to the probe into artifact_failed", async () => {
  await using world = await preparerWorld();
  for (const code of ["tool_error", "resource_limit", "sandbox_crashed"] as const) {
    world.npm.hooks.probe = () => {
      throw new AirlockError(code, "it threw", { stage: "load" });
    };
    await assert.rejects(world.preparer.prepare(NPM, { signal: never() }), {
      code: "artifact_failed",
      stage: "probe",
    });
  }
  world.npm.published.packageJson = { tpmjs: { category: "x", tools: [{ name: "late" }] } };
  world.npm.hooks.probe = () => {
    throw new AirlockError("tool_error", "KEY is missing", { stage: "load" });
  };
  using prepared = await world.preparer.prepare(NPM, { signal: never() });
  assert.deepEqual(prepared.artifact.manifest.tools.map(({ name }) => name), ["late"]);
  assert.match(prepared.artifact.manifest.warnings[0] ?? "", /KEY is missing/);
});

Deno.test("prepare() makes an unforeseen failure internal and hides its words", async () => {
  await using world = await preparerWorld();
  world.npm.hooks.build = () => {
    throw new TypeError("/home/someone/secret is not a function");
  };
  await assert.rejects(world.preparer.prepare(NPM, { signal: never() }), (error) => {
    assert(error instanceof AirlockError);
    assert.equal(error.code, "internal");
    assert.equal(error.stage, "build");
    assert(!error.message.includes("secret"));
    return true;
  });
});

Deno.test("createArtifactPreparer() disposed rejects who waits and cleans up", async () => {
  await using world = await preparerWorld();
  const block = blockStep(world.npm, "fetch");
  const waiting = world.preparer.prepare(NPM, { signal: never() });
  const settled = assert.rejects(waiting, { code: "shutting_down" });
  await block.entered;
  await world.preparer[Symbol.asyncDispose]();
  await settled;
  assert.equal(block.signals[0]?.aborted, true);
  await assert.rejects(world.preparer.prepare(NPM, { signal: never() }), { code: "shutting_down" });
});

Deno.test("prepare() builds again when the stored artifact was damaged", async () => {
  await using world = await preparerWorld();
  using first = await world.preparer.prepare(NPM, { signal: never() });
  const bundle = join(first.artifact.codeDirectory, "bundle.mjs");
  await Deno.chmod(bundle, 0o644);
  await Deno.writeTextFile(bundle, "evil");
  // Another store has not verified it yet.
  await using store = await ArtifactStore.open({ directory: world.path, maxBytes: 1e6 });
  await using other = createArtifactPreparer({
    ...{ sources: [world.npm.source], build: world.npm.build, probe: world.npm.probe, store },
    judges: [judgeDeno],
    policy: POLICY,
  });
  using second = await other.prepare(NPM, { signal: never() });
  assert.equal(second.built, true);
  assert.match(await Deno.readTextFile(bundle), /echo/);
});
