import assert from "node:assert/strict";
import { join } from "node:path";
import { SnapshotStore } from "./snapshot_store.ts";

const FACTS = { readsEnv: ["API_KEY"], exports: ["get"] };

async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "airlock-states-" });
  try {
    await work(join(directory, "made-when-needed"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("SnapshotStore gives back what was put in, also to another one on the same directory", () =>
  inDirectory(async (directory) => {
    const store = new SnapshotStore({ directory, maxBytes: 1000 });
    assert.equal(await store.get("a"), null);
    const bytes = new Uint8Array([1, 2, 3]);
    const put = await store.put("a", { bytes, facts: FACTS });
    const got = await new SnapshotStore({ directory, maxBytes: 1000 }).get("a");
    assert.deepEqual(got, put);
    assert.deepEqual(got?.facts, FACTS);
    assert.match(put.sha256, /^[0-9a-f]{64}$/);
  }));

Deno.test("SnapshotStore refuses and removes what is not what was stored", () =>
  inDirectory(async (directory) => {
    const store = new SnapshotStore({ directory, maxBytes: 1000 });
    const damages: readonly ((path: string) => Promise<void>)[] = [
      (path) => Deno.writeFile(`${path}.image`, new Uint8Array([1, 2, 4])),
      (path) => Deno.truncate(`${path}.image`, 1),
      (path) => Deno.writeTextFile(`${path}.json`, "{"),
      (path) => Deno.writeTextFile(`${path}.json`, `{"sha256":5,"readsEnv":[],"exports":[]}`),
      (path) => Deno.writeTextFile(`${path}.json`, `{"sha256":"","readsEnv":[],"exports":[]}`),
    ];
    for (const [index, damage] of damages.entries()) {
      const key = `damaged${index}`;
      await store.put(key, { bytes: new Uint8Array([1, 2, 3]), facts: FACTS });
      await damage(join(directory, key));
      assert.equal(await store.get(key), null, key);
      const left = Array.from(Deno.readDirSync(directory), ({ name }) => name);
      assert.deepEqual(left.filter((name) => name.startsWith(`${key}.`)), []);
    }
  }));

Deno.test("SnapshotStore takes a state without its entry, or the other way round, for none", () =>
  inDirectory(async (directory) => {
    const store = new SnapshotStore({ directory, maxBytes: 1000 });
    for (const suffix of [".json", ".image"]) {
      await store.put("half", { bytes: new Uint8Array([1]), facts: FACTS });
      await Deno.remove(join(directory, `half${suffix}`));
      assert.equal(await store.get("half"), null, suffix);
    }
  }));

Deno.test("SnapshotStore keeps the most recently used that fit, and always the newest", () =>
  inDirectory(async (directory) => {
    const store = new SnapshotStore({ directory, maxBytes: 250 });
    const put = (key: string, size: number) =>
      store.put(key, { bytes: new Uint8Array(size), facts: FACTS });
    const age = (key: string, seconds: number) =>
      Deno.utime(join(directory, `${key}.image`), seconds, seconds);
    await put("old", 100);
    await age("old", 10);
    await put("older", 100);
    await age("older", 5);
    assert.notEqual(await store.get("older"), null);
    await put("new", 100);
    assert.equal(await store.get("old"), null);
    assert.notEqual(await store.get("older"), null);
    await put("huge", 400);
    assert.deepEqual(
      await Promise.all(
        ["older", "new", "huge"].map(async (key) => (await store.get(key)) !== null),
      ),
      [false, false, true],
    );
    assert.deepEqual(Array.from(Deno.readDirSync(directory)).length, 2);
  }));

Deno.test("SnapshotStore survives writers that race for one key", () =>
  inDirectory(async (directory) => {
    const stores = [1, 2, 3, 4].map(() => new SnapshotStore({ directory, maxBytes: 10_000 }));
    const bytes = new Uint8Array(100).fill(7);
    await Promise.all(stores.map((store) => store.put("same", { bytes, facts: FACTS })));
    assert.deepEqual((await stores[0]!.get("same"))?.bytes, bytes);
    assert.deepEqual(Array.from(Deno.readDirSync(directory)).length, 2);
  }));
