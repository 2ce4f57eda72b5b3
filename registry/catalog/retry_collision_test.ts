import assert from "node:assert/strict";
import { retryCollision } from "./retry_collision.ts";

const collision = () => Object.assign(new Error("duplicate key"), { code: "23505" });

Deno.test("retryCollision() repeats what collided, a few times", async () => {
  let attempts = 0;
  const result = await retryCollision(() => {
    if (++attempts < 3) throw collision();
    return Promise.resolve("stored");
  });
  assert.deepEqual([result, attempts], ["stored", 3]);
  attempts = 0;
  await assert.rejects(() => retryCollision(() => Promise.reject(collision())), { code: "23505" });
  const deadlock = Object.assign(new Error("deadlock detected"), { code: "40P01" });
  attempts = 0;
  await retryCollision(() => ++attempts === 1 ? Promise.reject(deadlock) : Promise.resolve());
  assert.equal(attempts, 2);
});

Deno.test("retryCollision() repeats nothing else", async () => {
  let attempts = 0;
  const work = () => {
    attempts++;
    return Promise.reject(Object.assign(new Error("gone"), { code: "08006" }));
  };
  await assert.rejects(() => retryCollision(work), { code: "08006" });
  assert.equal(attempts, 1);
});
