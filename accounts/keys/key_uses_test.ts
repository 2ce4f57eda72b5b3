import assert from "node:assert/strict";
import { KeyUses } from "./key_uses.ts";

function recorded(fails = false) {
  const written: ReadonlyMap<string, Date>[] = [];
  const failures: unknown[] = [];
  const uses = new KeyUses({
    write: (batch) => {
      written.push(batch);
      return fails ? Promise.reject(new Error("gone")) : Promise.resolve();
    },
    onFailure: (error) => failures.push(error),
    flushMs: 20,
  });
  return { written, failures, uses };
}

Deno.test("KeyUses writes many uses together, and what is left when it ends", async () => {
  const { written, uses } = recorded();
  for (let use = 0; use < 1_000; use++) uses.note(`key_${use % 3}`);
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.deepEqual(written.map((batch) => [...batch.keys()]), [["key_0", "key_1", "key_2"]]);
  uses.note("key_9");
  await uses[Symbol.asyncDispose]();
  assert.deepEqual([...written.at(-1)!.keys()], ["key_9"]);
});

Deno.test("KeyUses outlives a database that does not take them", async () => {
  const { failures, uses } = recorded(true);
  uses.note("key_1");
  await uses[Symbol.asyncDispose]();
  assert.equal(failures.length, 1);
});

Deno.test("KeyUses bounds what waits to be written", async () => {
  const { written, uses } = recorded();
  for (let key = 0; key < 30_000; key++) uses.note(`key_${key}`);
  await uses[Symbol.asyncDispose]();
  assert.equal(written.reduce((sum, batch) => sum + batch.size, 0), 20_000);
});
