import assert from "node:assert/strict";
import { join } from "node:path";
import { tryFileLock } from "./file_lock.ts";
import { HoldTable } from "./hold_table.ts";

const DIGEST = "a".repeat(64);

/** A directory with one artifact, and whether somebody could remove that now. */
async function world(restMs: number) {
  const directory = await Deno.makeTempDir({ prefix: "airlock-test-" });
  const manifest = join(directory, DIGEST, "manifest.json");
  await Deno.mkdir(join(directory, DIGEST));
  await Deno.writeTextFile(manifest, "{}");
  const isFree = () => {
    using lock = tryFileLock(manifest, "exclusive");
    return lock !== undefined;
  };
  return {
    table: new HoldTable(directory, { restMs }),
    isFree,
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

Deno.test("HoldTable.hold() keeps its lock for a while after the last hold is gone", async () => {
  await using one = await world(40);
  using table = one.table;
  const first = table.hold(DIGEST)!;
  const shared = first.share();
  first[Symbol.dispose]();
  assert.equal(one.isFree(), false);
  shared[Symbol.dispose]();
  assert.equal(one.isFree(), false);
  const endMs = performance.now() + 10_000;
  while (!one.isFree()) {
    assert.ok(performance.now() < endMs, "it is still locked");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  using _again = table.hold(DIGEST)!;
  assert.equal(one.isFree(), false);
});

Deno.test("HoldTable.releaseResting() gives back what is not in use, and nothing else", async () => {
  await using one = await world(60_000);
  using table = one.table;
  const hold = table.hold(DIGEST)!;
  table.releaseResting();
  assert.equal(one.isFree(), false);
  hold[Symbol.dispose]();
  assert.equal(one.isFree(), false);
  table.releaseResting();
  assert.equal(one.isFree(), true);
});

Deno.test("HoldTable, once disposed of, gives a lock back with its last hold", async () => {
  await using one = await world(60_000);
  const hold = one.table.hold(DIGEST)!;
  one.table[Symbol.dispose]();
  assert.equal(one.isFree(), false);
  hold[Symbol.dispose]();
  assert.equal(one.isFree(), true);
});
