import assert from "node:assert/strict";
import { join } from "node:path";
import { temporaryDirectory } from "../../tests/support/sample_artifact.ts";
import { ArtifactStore } from "./artifact_store.ts";

const KILLS = 36;

Deno.test("ArtifactStore stays whole when writers are killed at any time", async () => {
  await using temporary = await temporaryDirectory();
  const { path } = temporary;
  let served = 0;
  for (let kill = 0; kill < KILLS; kill += 2) {
    // Two at a time, so that each is also killed while the other is in its way.
    await Promise.all([writeThenDie(path, kill), writeThenDie(path, kill + 1)]);
    // A new store has verified nothing: each find reads every byte.
    await using store = await ArtifactStore.open({ directory: path, maxBytes: 1e9, recheckMs: 0 });
    assert.equal(await count(join(path, "staging")), 2, "only the live store's area and its lock");
    const stored = await store.list();
    for (const { digest, ref } of stored) {
      assert(ref !== null, `${digest} is half written`);
      using lease = await store.get(digest);
      assert(lease !== undefined, `${digest} does not verify`);
      assert.equal(lease.artifact.digest, digest);
      served++;
    }
    assert.equal(await count(join(path, "artifacts")), stored.length, "nothing else lies there");
  }
  assert(served > KILLS, `the writers wrote too little to prove anything: ${served}`);
});

async function writeThenDie(directory: string, seed: number): Promise<void> {
  const program = new URL("../../tests/support/artifact_writer.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", program.href, directory, String(seed)],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  // It has begun; then at some moment of the next few writes.
  assert.equal((await reader.read()).done, false, "the writer never wrote");
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 25));
  child.kill("SIGKILL");
  while (!(await reader.read()).done);
  await child.status;
}

async function count(directory: string): Promise<number> {
  let found = 0;
  for await (const _entry of Deno.readDir(directory)) found++;
  return found;
}
