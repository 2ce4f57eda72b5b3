import assert from "node:assert/strict";
import { join } from "node:path";
import { ArtifactStore } from "../../runtime/artifact/artifact_store.ts";
import { KillWorld, pause } from "../support/kill_world.ts";

const ROUNDS = 6;
const PACKAGES = 5;

Deno.test("a gateway killed while it builds leaves nothing half-written that is ever read", async () => {
  await using world = await KillWorld.open();
  const names = Array.from({ length: PACKAGES }, (_, index) => `part-${index}`);
  for (const name of names) {
    const filler = Array.from({ length: 400 }, (_, line) => `export const v${line} = ${line};`);
    await world.publish(name, `export const own = () => "${name}";\n${filler.join("\n")}`);
  }
  let interrupted = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await using gateway = await world.serve();
    const calls = names.map((packageName) =>
      gateway.call({ packageName, name: "own" }).then(
        ({ body }) => assert.equal(body.success && body.output, packageName, JSON.stringify(body)),
        () => void interrupted++,
      )
    );
    // Early in the first rounds, late in the last ones: at every step of some package.
    await pause(100 + round * 150 + Math.random() * 100);
    gateway.kill("SIGKILL");
    await gateway.status;
    await Promise.all(calls);
    await assertStoreWhole(world);
  }
  assert(interrupted > 0, "every build was done before the kill: nothing was shown");
  await using last = await world.serve();
  for (const packageName of names) {
    const { body } = await last.call({ packageName, name: "own" });
    assert.equal(body.success && body.output, packageName, JSON.stringify(body));
  }
});

/** Whatever lies in the store verifies byte by byte, and nothing else lies there. */
async function assertStoreWhole(world: KillWorld): Promise<void> {
  const directory = join(world.dataDirectory, "store");
  await using store = await ArtifactStore.open({ directory, maxBytes: 1e9, recheckMs: 0 });
  const stored = await store.list();
  for (const { digest, ref } of stored) {
    using lease = await store.get(digest);
    assert(lease !== undefined && ref !== null, `${digest} is half written`);
    assert.equal(lease.artifact.digest, digest);
  }
  const shelved = [...Deno.readDirSync(join(directory, "artifacts"))];
  assert.equal(shelved.length, stored.length, "something in the store is no artifact");
}
