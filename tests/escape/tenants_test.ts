import assert from "node:assert/strict";
import type { ExecutionResult } from "../../spec/execution.ts";
import type { IsolationLevel } from "../../spec/sandbox.ts";
import { TestWorld } from "../support/test_world.ts";

/** Leaves traces wherever one call could find those of another, and tells what it found. */
const TRACER = `
let calls = 0;
export function trace({ mark }) {
  const found = {
    module: calls++,
    global: globalThis.mark ?? null,
    prototype: Object.prototype.mark ?? null,
    env: process.env.MARK ?? null,
    title: typeof process.mark,
    listener: process.listenerCount("mark"),
    deno: Deno.env.get("MARK") ?? null,
    timer: globalThis.ticks ?? 0,
    cache: globalThis[Symbol.for("mark")] ?? null,
    fetch: fetch.mark ?? null,
  };
  globalThis.mark = Object.prototype.mark = fetch.mark = globalThis[Symbol.for("mark")] = mark;
  process.mark = mark;
  process.env.MARK = mark;
  process.on("mark", () => {});
  setInterval(() => { globalThis.ticks = (globalThis.ticks ?? 0) + 1; }, 1);
  return found;
}
export const secret = () => process.env.SECRET ?? null;
export const wait = () => new Promise((ok) => setTimeout(ok, 20));`;

const CLEAN = {
  module: 0,
  global: null,
  prototype: null,
  env: null,
  title: "undefined",
  listener: 0,
  deno: null,
  timer: 0,
  cache: null,
  fetch: null,
};

function output(result: ExecutionResult) {
  assert.ok(result.success, JSON.stringify(result));
  return result.output;
}

async function openTracer(isolationAtMost?: IsolationLevel): Promise<TestWorld> {
  const env = { AIRLOCK_NET_ALLOW_PRIVATE: "127.0.0.1" };
  const world = await TestWorld.open({ env, isolationAtMost });
  await world.publish("tracer", TRACER);
  return world;
}

const TRACE = { packageName: "tracer", name: "trace" } as const;

for (const level of ["permissions", "bubblewrap"] satisfies IsolationLevel[]) {
  Deno.test(`nothing warm is shared between tenants at ${level} or weaker`, async () => {
    await using world = await openTracer(level);
    const call = (tenant: string) => world.call({ ...TRACE, params: { mark: tenant } }, { tenant });
    assert.deepEqual(output(await call("first")), CLEAN);
    for (const tenant of ["second", "first ", "First", "first\u0000", '["first"]', ""]) {
      const result = await call(tenant);
      assert.deepEqual(output(result), CLEAN, tenant);
      assert.notEqual(result.meta.start, "preloaded");
    }
    // The same test finds traces where they may be: the tenant's own sandbox.
    const again = await call("first");
    assert.equal(again.meta.start, "preloaded");
    const found = output(again);
    assert.ok(typeof found === "object" && found !== null && "global" in found);
    assert.equal(found.global, "first");
  });
}

Deno.test("other permissions, other values of env and a call of its own get another sandbox", async () => {
  await using world = await openTracer();
  const variants = [
    {},
    { env: { SECRET: "a" } },
    { env: { SECRET: "b" } },
    { env: { secret: "a" } },
    { env: { SECRET: "a", OTHER: "" } },
    { permissions: { net: "public" } },
    { permissions: { net: ["127.0.0.1"] } },
    { permissions: { net: ["127.0.0.1:80"] } },
    { isolation: "per-call" },
    { isolation: "per-call" },
  ] as const;
  for (const variant of variants) {
    const result = await world.call({ ...TRACE, params: { mark: "x" }, ...variant });
    assert.deepEqual(output(result), CLEAN, JSON.stringify(variant));
  }
});

Deno.test("calls at the same time never see each other's values", async () => {
  await using world = await openTracer();
  const told = await Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      const env = { SECRET: `secret-${index}` };
      const tenant = `tenant-${index % 4}`;
      const call = { packageName: "tracer", name: "secret", env };
      return [output(await world.call(call, { tenant })), env.SECRET];
    }),
  );
  for (const [got, sent] of told) assert.equal(got, sent);
});

Deno.test("a sandbox that a call failed in, or was tampered with, serves nobody again", async () => {
  await using world = await TestWorld.open();
  await world.publish(
    "breaker",
    `export const hold = () => { globalThis.held = true; throw new Error("x"); };
     export const late = () => { globalThis.held = true; setTimeout(() => { throw new Error("late"); }, 0); return 1; };
     export const see = () => globalThis.held ?? false;`,
  );
  for (const name of ["hold", "late"]) {
    await world.call({ packageName: "breaker", name });
    // The late error arrives after its call has ended.
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(output(await world.call({ packageName: "breaker", name: "see" })), false, name);
  }
});
