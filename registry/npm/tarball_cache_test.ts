import assert from "node:assert/strict";
import { sha512 } from "../../tests/support/fake_npm_registry.ts";
import { type Integrity, parseIntegrity } from "./integrity.ts";
import { TarballCache } from "./tarball_cache.ts";

function integrityOf(bytes: Uint8Array): Integrity {
  const integrity = parseIntegrity(sha512(bytes));
  assert.ok(integrity !== undefined);
  return integrity;
}

Deno.test("tarballCache.get() returns what was put, and never what was altered", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const cache = new TarballCache(`${directory}/new`, 1000);
    const bytes = new Uint8Array([1, 2, 3]);
    const integrity = integrityOf(bytes);
    assert.equal(await cache.get(integrity), undefined);
    await cache.put(integrity, bytes);
    assert.deepEqual(await cache.get(integrity), bytes);
    const [file] = [...Deno.readDirSync(`${directory}/new`)];
    await Deno.writeFile(`${directory}/new/${file?.name}`, new Uint8Array([9]));
    assert.equal(await cache.get(integrity), undefined);
    assert.deepEqual([...Deno.readDirSync(`${directory}/new`)], []);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("tarballCache.prune() keeps what was used last", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const cache = new TarballCache(directory, 1000);
    const kept = [];
    for (let index = 0; index < 6; index++) {
      const bytes = new Uint8Array(240).fill(index);
      const integrity = integrityOf(bytes);
      await cache.put(integrity, bytes);
      const path = `${directory}/sha512-${integrity.digest.toHex()}.tgz`;
      await Deno.utime(path, 1000 + index, 1000 + index);
      kept.push(integrity);
    }
    const [first, second] = kept;
    assert.ok(first !== undefined && second !== undefined);
    await cache.get(first);
    await cache.prune();
    assert.equal([...Deno.readDirSync(directory)].length, 4);
    assert.ok(await cache.get(first) !== undefined);
    assert.equal(await cache.get(second), undefined);
    await cache.put(integrityOf(new Uint8Array(300)), new Uint8Array(300));
    assert.equal([...Deno.readDirSync(directory)].length, 4);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
