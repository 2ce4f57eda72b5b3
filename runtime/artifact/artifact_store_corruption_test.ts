import assert from "node:assert/strict";
import { join } from "node:path";
import { putSample, temporaryDirectory } from "../../tests/support/sample_artifact.ts";
import { ArtifactStore } from "./artifact_store.ts";

const REF = { source: "npm", packageName: "sample", version: "1.0.0" } as const;
const FILES = { "bundle.mjs": "export const echo = 1;\n", "lib/a.mjs": "export {};\n" };

type Damage = (directory: string) => Promise<void> | void;

const DAMAGES: Readonly<Record<string, Damage>> = {
  "a flipped bit": (directory) =>
    edit(join(directory, "code/bundle.mjs"), (bytes) => {
      bytes[3] = (bytes[3] ?? 0) ^ 1;
      return bytes;
    }),
  "a truncated file": (directory) =>
    edit(join(directory, "code/bundle.mjs"), (bytes) => bytes.subarray(0, 5)),
  "an emptied file": (directory) => edit(join(directory, "code/lib/a.mjs"), () => new Uint8Array()),
  "a deleted file": (directory) => Deno.remove(join(directory, "code/lib/a.mjs")),
  "an added file": (directory) => Deno.writeTextFile(join(directory, "code/lib/b.mjs"), "1"),
  "a file replaced by a link": async (directory) => {
    await Deno.remove(join(directory, "code/lib/a.mjs"));
    await Deno.symlink("/etc/passwd", join(directory, "code/lib/a.mjs"));
  },
  "a file replaced by a pipe": async (directory) => {
    await Deno.remove(join(directory, "code/lib/a.mjs"));
    await new Deno.Command("mkfifo", { args: [join(directory, "code/lib/a.mjs")] }).output();
  },
  "an edited manifest": (directory) => replace(join(directory, "manifest.json"), "echo", "evil"),
  "a manifest that is not JSON": (directory) => replace(join(directory, "manifest.json"), "{", "["),
  "an edited lock": (directory) => replace(join(directory, "lock.json"), "AAAA", "BBBB"),
  "an edited file list": (directory) => replace(join(directory, "files.json"), "lib/a", "lib/b"),
  "no manifest": (directory) => Deno.remove(join(directory, "manifest.json")),
  "no lock": (directory) => Deno.remove(join(directory, "lock.json")),
  "no code": (directory) => Deno.remove(join(directory, "code"), { recursive: true }),
  "the lock of another artifact": async (directory) => {
    await Deno.remove(join(directory, "lock.json"));
    await Deno.copyFile(join(directory, "..", "lock.json"), join(directory, "lock.json"));
  },
};

for (const [what, damage] of Object.entries(DAMAGES)) {
  Deno.test(`ArtifactStore.find() detects ${what} in a process that did not see it before`, async () => {
    await using temporary = await temporaryDirectory();
    const directory = await storeOne(temporary.path);
    await damage(directory);
    await using store = await openStore(temporary.path);
    await assertMissThenRebuilt(store);
  });

  Deno.test(`ArtifactStore.find() detects ${what} after it had been verified`, async () => {
    await using temporary = await temporaryDirectory();
    const directory = await storeOne(temporary.path);
    await using store = await openStore(temporary.path);
    using before = await store.find(REF);
    assert(before !== undefined);
    await damage(directory);
    await assertMissThenRebuilt(store);
  });
}

Deno.test("ArtifactStore.find() serves a file that was touched, not changed", async () => {
  await using temporary = await temporaryDirectory();
  const directory = await storeOne(temporary.path);
  await using store = await openStore(temporary.path);
  using _before = await store.find(REF);
  await Deno.utime(join(directory, "code/bundle.mjs"), 1, 1);
  using after = await store.find(REF);
  assert(after !== undefined);
});

Deno.test("ArtifactStore.find() builds again when a ref is illegible", async () => {
  await using temporary = await temporaryDirectory();
  await storeOne(temporary.path);
  const refs = join(temporary.path, "refs");
  for await (const shard of Deno.readDir(refs)) {
    for await (const { name } of Deno.readDir(join(refs, shard.name))) {
      await Deno.writeTextFile(join(refs, shard.name, name), '{"ref":{"sou');
    }
  }
  await using store = await openStore(temporary.path);
  await assertMissThenRebuilt(store);
});

async function assertMissThenRebuilt(store: ArtifactStore): Promise<void> {
  const missed = await Promise.all([store.find(REF), store.find(REF)]);
  assert.deepEqual(missed, [undefined, undefined]);
  using rebuilt = await putSample(store, { files: FILES });
  using found = await store.find(REF);
  assert.equal(found?.artifact.digest, rebuilt.artifact.digest);
  const bundle = join(rebuilt.artifact.codeDirectory, "bundle.mjs");
  assert.equal(await Deno.readTextFile(bundle), FILES["bundle.mjs"]);
}

function openStore(directory: string): Promise<ArtifactStore> {
  return ArtifactStore.open({ directory, maxBytes: 1024 * 1024, recheckMs: 0 });
}

/** Leaves one artifact and, beside it, the lock of another. */
async function storeOne(path: string): Promise<string> {
  await using store = await openStore(path);
  using other = await putSample(store, { version: "2.0.0" });
  using lease = await putSample(store, { files: FILES });
  const otherLock = join(other.artifact.codeDirectory, "..", "lock.json");
  await Deno.copyFile(otherLock, join(path, "artifacts", "lock.json"));
  return join(lease.artifact.codeDirectory, "..");
}

async function edit(path: string, change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array) {
  await Deno.chmod(path, 0o644);
  await Deno.writeFile(path, change(await Deno.readFile(path)));
}

async function replace(path: string, from: string, to: string) {
  await Deno.chmod(path, 0o644);
  const text = await Deno.readTextFile(path);
  assert(text.includes(from));
  await Deno.writeTextFile(path, text.replace(from, to));
}
