import assert from "node:assert/strict";
import { CodeCache } from "./code_cache.ts";
import type { CodeCacheUse } from "./spawn_command.ts";

/** A cache whose process writes one file, and what was asked of that process. */
function world(start: (use: CodeCacheUse) => Promise<void> = writeFile) {
  const directory = `${Deno.makeTempDirSync({ prefix: "airlock-test-" })}/cache`;
  const uses: CodeCacheUse[] = [];
  let ended = 0;
  const cache = new CodeCache({
    directory,
    delayMs: 0,
    async start(use) {
      uses.push(use);
      await start(use);
      return {
        [Symbol.asyncDispose]() {
          ended++;
          return Promise.resolve();
        },
      };
    },
  });
  return { cache, directory, uses, ended: () => ended };
}

async function writeFile({ directory }: CodeCacheUse): Promise<void> {
  await Deno.writeTextFile(`${directory}/code`, "compiled");
}

async function until(holds: () => boolean): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!holds()) {
    assert.ok(performance.now() < endMs, "it does not come");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Deno.test("CodeCache.use is nothing, until a process that ends has filled it; then it is for reading", async () => {
  const { cache, directory, uses, ended } = world();
  await using _cache = cache;
  assert.equal(cache.use, undefined);
  await until(() => cache.use !== undefined);
  assert.deepEqual(cache.use, { directory, to: "read" });
  const fill = { directory, to: "fill" };
  assert.deepEqual(uses, [fill, fill]);
  assert.equal(ended(), 2);
});

Deno.test("CodeCache is not made before anybody asks, nor again where it failed", async () => {
  const { cache, uses } = world(() => Promise.reject(new Error("no process")));
  await using _cache = cache;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(uses.length, 0);
  assert.equal(cache.use, undefined);
  await until(() => uses.length > 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(cache.use, undefined);
  assert.equal(uses.length, 1);
});

Deno.test("CodeCache, disposed of while it is made, ends its process and is not used", async () => {
  const { cache, uses, ended } = world();
  assert.equal(cache.use, undefined);
  await until(() => uses.length > 0);
  await cache[Symbol.asyncDispose]();
  assert.equal(ended(), 1);
  assert.equal(cache.use, undefined);
});
