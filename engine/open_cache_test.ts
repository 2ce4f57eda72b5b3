import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig } from "../config.ts";
import { putSample, temporaryDirectory } from "../tests/support/sample_artifact.ts";
import { openCache } from "./open_cache.ts";
import { openStore } from "./open_store.ts";

/** A configuration whose data directory does not exist yet. */
async function world() {
  const temporary = await temporaryDirectory();
  const config = loadConfig({ AIRLOCK_DATA_DIR: join(temporary.path, "data") });
  return { config, [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose]() };
}

Deno.test("openCache() lists what the engine's store holds, by name and version", async () => {
  await using made = await world();
  await using store = await openStore(made.config);
  using first = await putSample(store, { packageName: "@scope/first", version: "2.0.0" });
  using second = await putSample(store, { packageName: "second" });
  await using cache = await openCache(made.config);
  const entries = await cache.list();
  assert.deepEqual(entries.map(({ name }) => name).sort(), ["@scope/first@2.0.0", "second@1.0.0"]);
  const digests = new Set(entries.map(({ digest }) => digest));
  assert.deepEqual(digests, new Set([first.artifact.digest, second.artifact.digest]));
  for (const { sizeBytes, lastUsedMs } of entries) {
    assert.equal(sizeBytes, first.artifact.sizeBytes);
    assert.ok(Math.abs(Date.now() - lastUsedMs) < 600_000, `${lastUsedMs}`);
  }
});

Deno.test("openCache() makes a data directory for its owner alone, and finds it empty", async () => {
  await using made = await world();
  await using cache = await openCache(made.config);
  assert.deepEqual(await cache.list(), []);
  assert.deepEqual(await cache.prune({ all: true }), { removed: 0, freedBytes: 0 });
  const { mode } = await Deno.stat(made.config.dataDirectory);
  assert.equal(mode! & 0o777, 0o700);
});

/** More than the time for which an artifact that was just used stays held. */
const HELD_AFTER_USE_MS = 3_000;

Deno.test("openCache() prunes what nobody uses, and says how much that was", async () => {
  await using made = await world();
  await using store = await openStore(made.config);
  const held = await putSample(store, { packageName: "held" });
  const { sizeBytes } = held.artifact;
  {
    using _free = await putSample(store, { packageName: "free" });
  }
  await using cache = await openCache(made.config);
  assert.deepEqual(await cache.prune({}), { removed: 0, freedBytes: 0 });
  await new Promise((resolve) => setTimeout(resolve, HELD_AFTER_USE_MS));
  assert.deepEqual(await cache.prune({ all: true }), { removed: 1, freedBytes: sizeBytes });
  assert.deepEqual((await cache.list()).map(({ name }) => name), ["held@1.0.0"]);
  held[Symbol.dispose]();
  await new Promise((resolve) => setTimeout(resolve, HELD_AFTER_USE_MS));
  assert.deepEqual(await cache.prune({ maxBytes: 0 }), { removed: 1, freedBytes: sizeBytes });
  assert.deepEqual(await cache.list(), []);
});

Deno.test("openCache() lists what is illegible without a name, and prunes it whatever else", async () => {
  await using made = await world();
  await using cache = await openCache(made.config);
  const digest = "ab".repeat(32);
  const directory = join(made.config.dataDirectory, "store", "artifacts", digest);
  await Deno.mkdir(directory);
  await Deno.writeTextFile(join(directory, "manifest.json"), "{");
  const [entry] = await cache.list();
  assert.deepEqual([entry?.digest, entry?.name, entry?.sizeBytes], [digest, "", 0]);
  assert.equal((await cache.prune({ olderThanMs: 86_400_000 })).removed, 1);
  assert.deepEqual(await cache.list(), []);
});
