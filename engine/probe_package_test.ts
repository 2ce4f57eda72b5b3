import assert from "node:assert/strict";
import { AirlockError } from "../spec/errors.ts";
import type { LoadUnit, Sandbox, SandboxExit, SandboxNeed } from "../spec/sandbox.ts";
import { createProbe } from "./probe_package.ts";

const REPORT = { tools: [], otherExports: ["a"], warnings: [] };
const SUBJECT = { codeDirectory: "/code", entry: "bundle.mjs", form: "bundle", packageJson: {} };

/** A runtime whose sandboxes note what is asked of them. */
function world(change: Partial<Sandbox> = {}) {
  const needs: SandboxNeed[] = [];
  const units: LoadUnit[] = [];
  const ended = Promise.withResolvers<SandboxExit>();
  const sandbox: Sandbox = {
    id: "s",
    runtime: "deno",
    exited: ended.promise,
    load(unit) {
      units.push(unit);
      return Promise.resolve({ importMs: 1 });
    },
    describe: () => Promise.resolve(REPORT),
    invoke: () => assert.fail("a probe calls no tool"),
    usage: () => Promise.resolve({ rssBytes: 0, cpuMs: 0 }),
    [Symbol.asyncDispose]() {
      ended.resolve({ reason: "requested", detail: "disposed" });
      return Promise.resolve();
    },
    ...change,
  };
  const probe = createProbe({
    kind: "deno",
    isolation: "bubblewrap",
    classOf: () => "",
    create(need) {
      needs.push(need);
      return Promise.resolve(sandbox);
    },
  });
  return { probe, needs, units, ended: ended.promise };
}

const options = () => ({ signal: new AbortController().signal });

Deno.test("createProbe() looks at code with nothing granted, in a sandbox of its own", async () => {
  const { probe, needs, units, ended } = world();
  const packageJson = { tpmjs: { env: [{ name: "API_KEY", required: true }] } };
  assert.deepEqual(await probe({ ...SUBJECT, form: "bundle", packageJson }, options()), REPORT);
  assert.deepEqual(needs.map(({ permissions, tree }) => [permissions, tree]), [
    [{ net: "none", netDirect: [], fs: "none" }, undefined],
  ]);
  assert.deepEqual(units.map(({ env, overlapping }) => [env, overlapping]), [
    [{ API_KEY: "placeholder" }, false],
  ]);
  assert.equal((await ended).reason, "requested");
});

Deno.test("createProbe() hands a tree in as one", async () => {
  const { probe, needs } = world();
  await probe({ ...SUBJECT, form: "tree" }, options());
  assert.equal(needs[0]?.tree, "/code");
});

Deno.test("createProbe() tells a failure as one of the probe, and ends the sandbox", async () => {
  const failure = new AirlockError("sandbox_crashed", "Running: it ended", {
    stage: "load",
    retryable: false,
    details: { a: 1 },
  });
  const { probe, ended } = world({ load: () => Promise.reject(failure) });
  await assert.rejects(probe({ ...SUBJECT, form: "bundle" }, options()), {
    code: "sandbox_crashed",
    stage: "probe",
    retryable: false,
    details: { a: 1 },
  });
  await ended;
});

Deno.test("createProbe() gives up when it is told to", async () => {
  const controller = new AbortController();
  const { probe, ended } = world({
    load: () => {
      controller.abort(new RangeError("no longer wanted"));
      return ended.then(() => Promise.reject(new AirlockError("sandbox_crashed", "ended")));
    },
  });
  const work = probe({ ...SUBJECT, form: "bundle" }, { signal: controller.signal });
  await assert.rejects(work, /no longer wanted/);
});
