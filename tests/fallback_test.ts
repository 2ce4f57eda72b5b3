import assert from "node:assert/strict";
import { TestWorld } from "./support/test_world.ts";

Deno.test("a call that needs what QuickJS lacks is made again in Deno, and says so", async () => {
  await using world = await TestWorld.open();
  const source = `import { createCipheriv } from "node:crypto";
    const bytes = new Uint8Array(16);
    export function run({ far }) {
      return far ? createCipheriv("aes-128-cbc", bytes, bytes).update("x".repeat(16), "utf8", "hex") : "near";
    }`;
  await world.publish("half-way", source, { packageJson: { airlock: { preferred: "quickjs" } } });
  const call = { packageName: "half-way", name: "run" };
  const near = await world.call({ ...call, params: { far: false } });
  assert.deepEqual([near.success && near.output, near.meta.runtime], ["near", "quickjs"]);
  const far = await world.call({ ...call, params: { far: true } });
  assert.ok(far.success, JSON.stringify(far));
  assert.equal(far.meta.runtime, "deno");
  const failure = far.meta.refusals.find(({ by }) => by === "failure");
  assert.equal(failure?.runtime, "quickjs");
  assert.match(failure?.reason ?? "", /it uses node:crypto createCipheriv/);
  const insisted = await world.call({ ...call, params: { far: true }, runtime: "quickjs" });
  assert.equal(insisted.success, false, "who insists is not sent elsewhere");
  const alone = await world.call({ ...call, params: { far: true }, fallbacks: [] });
  assert.ok(!alone.success && alone.meta.runtime === "quickjs");
  assert.deepEqual(world.unexpected, []);
});
