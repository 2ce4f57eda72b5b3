import assert from "node:assert/strict";
import { poolPolicy } from "../../runtime/pool/pool_policy.ts";
import { createSandboxPool, type SandboxPool } from "../../runtime/pool/sandbox_pool.ts";
import { NO_PERMISSIONS } from "../../spec/permissions.ts";
import { hasLevel, HostileSandbox, invoke } from "../support/hostile_sandbox.ts";
import { processesWith } from "../support/process_watch.ts";
import { ATTACK_LIMITS } from "./attacks/attack.ts";
import { LEFTOVERS } from "./attacks/leftovers.ts";

const need = { permissions: NO_PERMISSIONS, limits: ATTACK_LIMITS };

for (const level of ["bubblewrap", "permissions"] as const) {
  Deno.test({
    name: `${level}: a sandbox that does not rest after its answer is ended`,
    // A machine may lack the programs that this level needs; CI has them.
    ignore: !await hasLevel(level),
    async fn(test) {
      await using world = await HostileSandbox.open({ level });
      for (const [name, source] of Object.entries(LEFTOVERS)) {
        await test.step(name, async () => {
          await using pool = openPool(world);
          assert.equal(await call(pool, world, source), "well");
          await until(() => pool.stats().total === 0, "it is still kept");
          assert.deepEqual(processesWith(world.directory), []);
          assert.deepEqual(world.leftovers(), []);
          assert.equal(await call(pool, world, "export const attack = () => 'next';"), "next");
        });
      }
    },
  });

  Deno.test({
    name: `${level}: a sandbox with a sleeping timer is kept`,
    // A machine may lack the programs that this level needs; CI has them.
    ignore: !await hasLevel(level),
    async fn() {
      await using world = await HostileSandbox.open({ level });
      await using pool = openPool(world);
      const source = "export const attack = () => { setInterval(() => {}, 500); return 'well'; };";
      assert.equal(await call(pool, world, source), "well");
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      assert.deepEqual([pool.stats().total, pool.stats().retired], [1, {}]);
    },
  });
}

function openPool(world: HostileSandbox): SandboxPool {
  const policy = poolPolicy({ maxSandboxes: 2, blankTarget: 0, blankNeed: need });
  return createSandboxPool({ runtime: world.runtime, policy });
}

async function call(pool: SandboxPool, world: HostileSandbox, source: string): Promise<unknown> {
  const codeDirectory = await world.place(source);
  const unit = {
    codeDirectory,
    entry: "bundle.mjs",
    env: {},
    overlapping: false,
    timeoutMs: 20_000,
  };
  const { value } = await pool.run({
    tenant: "one",
    artifactDigest: codeDirectory,
    need,
    unit,
    reuse: "keep",
    concurrency: 1,
    signal: new AbortController().signal,
  }, (sandbox) => invoke(sandbox, { limits: ATTACK_LIMITS }));
  assert.equal(value.error, undefined);
  return value.report?.output;
}

async function until(holds: () => boolean, otherwise: string): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (!holds()) {
    assert.ok(performance.now() < endMs, otherwise);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
