import assert from "node:assert/strict";
import { join } from "node:path";
import { AirlockError } from "../../spec/errors.ts";
import { putSample, temporaryDirectory } from "../../tests/support/sample_artifact.ts";
import { ArtifactStore } from "./artifact_store.ts";

const REF = { source: "npm", packageName: "sample", version: "1.0.0" } as const;
const ONE_MIB = 1024 * 1024;

function openStore(directory: string, options: { maxBytes?: number; now?: () => number } = {}) {
  return ArtifactStore.open({ directory, maxBytes: ONE_MIB, recheckMs: 0, ...options });
}

async function names(directory: string): Promise<string[]> {
  const found = [];
  for await (const { name } of Deno.readDir(directory)) found.push(name);
  return found.sort();
}

Deno.test("ArtifactStore.put() stores read-only files that find() serves", async () => {
  await using temporary = await temporaryDirectory();
  await using store = await openStore(temporary.path);
  using put = await putSample(store);
  using found = await store.find(REF);
  assert.equal(found?.artifact.digest, put.artifact.digest);
  assert.match(put.artifact.digest, /^[0-9a-f]{64}$/);
  const { codeDirectory } = put.artifact;
  assert.match(await Deno.readTextFile(join(codeDirectory, "bundle.mjs")), /echo/);
  const mode = async (path: string) => ((await Deno.lstat(path)).mode ?? 0) & 0o777;
  assert.equal(await mode(join(codeDirectory, "bundle.mjs")), 0o444);
  assert.equal(await mode(codeDirectory), 0o555);
  assert.equal(await mode(join(codeDirectory, "..", "manifest.json")), 0o444);
  assert.equal(await mode(join(codeDirectory, "..")), 0o555);
});

Deno.test("ArtifactStore.find() serves what an earlier process stored", async () => {
  await using temporary = await temporaryDirectory();
  {
    await using store = await openStore(temporary.path);
    using _put = await putSample(store);
  }
  await using store = await openStore(temporary.path);
  using found = await store.find(REF);
  assert.equal(found?.artifact.manifest.tools[0]?.name, "echo");
  assert.equal(await store.find({ ...REF, version: "2.0.0" }), undefined);
  assert.equal(await store.find({ ...REF, source: "esm" }), undefined);
});

Deno.test("ArtifactStore gives equal content one digest, other content another", async () => {
  await using temporary = await temporaryDirectory();
  await using store = await openStore(temporary.path);
  using first = await putSample(store);
  using second = await putSample(store);
  using other = await putSample(store, { files: { "bundle.mjs": "export {};\n" } });
  assert.equal(first.artifact.digest, second.artifact.digest);
  assert.notEqual(first.artifact.digest, other.artifact.digest);
  assert.equal((await store.list()).length, 2);
});

Deno.test("ArtifactStore.put() lets two processes race for one artifact", async () => {
  await using temporary = await temporaryDirectory();
  await using left = await openStore(temporary.path);
  await using right = await openStore(temporary.path);
  for (let turn = 0; turn < 20; turn++) {
    const sample = { version: `1.${turn}.0` };
    const leases = await Promise.all(
      [left, right, left, right].map((store) => putSample(store, sample)),
    );
    const digests = new Set(leases.map((lease) => lease.artifact.digest));
    for (const lease of leases) lease[Symbol.dispose]();
    assert.equal(digests.size, 1);
  }
  assert.equal((await left.list()).length, 20);
});

Deno.test("ArtifactStore.put() lets the first of two racing locks win", async () => {
  await using temporary = await temporaryDirectory();
  await using left = await openStore(temporary.path);
  await using right = await openStore(temporary.path);
  for (let turn = 0; turn < 20; turn++) {
    const version = `1.${turn}.0`;
    const results = await Promise.allSettled([
      putSample(left, { version, packages: { a: "sha512-left" } }),
      putSample(right, { version, packages: { a: "sha512-right" } }),
    ]);
    const won = results.filter((result) => result.status === "fulfilled");
    for (const { value } of won) value[Symbol.dispose]();
    assert.equal(won.length, 1);
    assert.deepEqual(await left.lockOf({ ...REF, version }), won[0]?.value.artifact.lock);
  }
});

Deno.test("ArtifactStore remembers the lock after eviction and refuses changed bytes", async () => {
  await using temporary = await temporaryDirectory();
  await using store = await openStore(temporary.path);
  {
    using _put = await putSample(store, { packages: { "sample@1.0.0": "sha512-good" } });
  }
  assert.equal((await store.prune({ all: true })).removed.length, 1);
  assert.equal(await store.find(REF), undefined);
  assert.deepEqual((await store.lockOf(REF))?.packages, { "sample@1.0.0": "sha512-good" });
  const changed = putSample(store, { packages: { "sample@1.0.0": "sha512-evil" } });
  await assert.rejects(changed, (error) => {
    assert(error instanceof AirlockError);
    assert.equal(error.code, "artifact_failed");
    assert.equal(error.stage, "store");
    assert.deepEqual(error.details, { reason: "lock_mismatch", changed: ["sample@1.0.0"] });
    return true;
  });
  assert.deepEqual(await names(join(temporary.path, "artifacts")), []);
  await store.prune({ all: true, locks: true });
  using accepted = await putSample(store, { packages: { "sample@1.0.0": "sha512-evil" } });
  assert.equal(accepted.artifact.lock.packages["sample@1.0.0"], "sha512-evil");
});

Deno.test("ArtifactStore.put() refuses links that lead outside, keeps those within", async () => {
  await using temporary = await temporaryDirectory();
  await using store = await openStore(temporary.path);
  for (const target of ["/etc/passwd", "../../../refs", "..", "dir/../../x"]) {
    await assert.rejects(putLink(store, target), { code: "artifact_failed", stage: "store" });
  }
  using lease = await putLink(store, "bundle.mjs");
  assert.equal(await Deno.readLink(join(lease.artifact.codeDirectory, "link")), "bundle.mjs");
  assert.deepEqual(await names(join(temporary.path, "artifacts")), [lease.artifact.digest]);
});

async function putLink(store: ArtifactStore, target: string) {
  const { sampleManifest } = await import("../../tests/support/sample_artifact.ts");
  await using staged = await store.stage();
  await Deno.writeTextFile(join(staged.path, "bundle.mjs"), "export {};\n");
  await Deno.symlink(target, join(staged.path, "link"));
  return await store.put(staged.path, {
    manifest: sampleManifest(),
    lock: { packages: {}, modules: {} },
  });
}

Deno.test("ArtifactStore.prune() removes the least recently used beyond the bound", async () => {
  await using temporary = await temporaryDirectory();
  let nowMs = 1_000_000_000_000;
  await using store = await openStore(temporary.path, { now: () => nowMs });
  const content = "x".repeat(1000);
  for (const version of ["1.0.0", "1.0.1", "1.0.2"]) {
    nowMs += 1000;
    using _put = await putSample(store, { version, files: { "bundle.mjs": content } });
  }
  nowMs += 1000;
  // Used again, within the time in which uses are not written down: memory must count too.
  (await store.find(REF))?.[Symbol.dispose]();
  assert.deepEqual(versions(await store.list()), ["1.0.1", "1.0.2", "1.0.0"]);
  assert.deepEqual(versions((await store.prune({ maxBytes: 2000 })).removed), ["1.0.1"]);
  assert.deepEqual(versions((await store.prune({ olderThanMs: 500 })).removed), ["1.0.2"]);
  assert.deepEqual(versions(await store.list()), ["1.0.0"]);
});

Deno.test("ArtifactStore writes down last-used times for other processes", async () => {
  await using temporary = await temporaryDirectory();
  let nowMs = 1_000_000_000_000;
  {
    await using store = await openStore(temporary.path, { now: () => nowMs });
    using _first = await putSample(store);
    nowMs += 1000;
    using _second = await putSample(store, { version: "1.0.1" });
    nowMs += 1000;
    (await store.find(REF))?.[Symbol.dispose]();
  }
  await using other = await openStore(temporary.path);
  assert.deepEqual((await other.list()).map(({ lastUsedMs }) => lastUsedMs), [
    1_000_000_001_000,
    1_000_000_002_000,
  ]);
});

Deno.test("ArtifactStore.put() evicts beyond maxBytes, never what a process holds", async () => {
  await using temporary = await temporaryDirectory();
  let nowMs = 1_000_000_000_000;
  const options = { maxBytes: 2500, now: () => nowMs++ };
  await using store = await openStore(temporary.path, options);
  await using other = await openStore(temporary.path, options);
  const files = { "bundle.mjs": "x".repeat(1000) };
  const held = await putSample(store, { version: "1.0.0", files });
  (await putSample(other, { version: "1.0.1", files }))[Symbol.dispose]();
  (await putSample(other, { version: "1.0.2", files }))[Symbol.dispose]();
  assert.deepEqual(versions(await other.list()), ["1.0.0", "1.0.2"]);
  const report = await other.prune({ all: true });
  assert.deepEqual(versions(report.inUse), ["1.0.0"]);
  await Deno.lstat(join(held.artifact.codeDirectory, "bundle.mjs"));
  const shared = held.share();
  held[Symbol.dispose]();
  assert.equal((await store.prune({ all: true })).removed.length, 0);
  shared[Symbol.dispose]();
  assert.equal((await other.prune({ all: true })).removed.length, 1);
  assert.equal(await store.find(REF), undefined);
});

function versions(stored: readonly { ref: { version: string } | null }[]): string[] {
  return stored.map(({ ref }) => ref?.version ?? "?");
}

Deno.test("ArtifactStore.open() sweeps what dead processes left, not what live ones use", async () => {
  await using temporary = await temporaryDirectory();
  await using live = await openStore(temporary.path);
  await using staged = await live.stage();
  const staging = join(temporary.path, "staging");
  await Deno.mkdir(join(staging, "dead", "1", "code"), { recursive: true });
  await Deno.writeTextFile(join(staging, "dead.lock"), "");
  await Deno.mkdir(join(staging, "ownerless"));
  await Deno.chmod(join(staging, "dead", "1", "code"), 0o555);
  await using _other = await openStore(temporary.path);
  assert.equal((await names(staging)).length, 4);
  assert((await Deno.lstat(staged.path)).isDirectory);
});

Deno.test("ArtifactStore leaves nothing but artifacts and refs when disposed", async () => {
  await using temporary = await temporaryDirectory();
  {
    await using store = await openStore(temporary.path);
    using _put = await putSample(store);
    await assert.rejects(putLink(store, "/etc"));
  }
  assert.deepEqual(await names(join(temporary.path, "staging")), []);
});
