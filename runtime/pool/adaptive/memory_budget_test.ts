import assert from "node:assert/strict";
import { MemoryBudget } from "./memory_budget.ts";

/** Sandboxes of one pool by name: bytes and worth. */
function member(budget: MemoryBudget, sandboxes: Record<string, [bytes: number, worth: number]>) {
  const alive = new Map(Object.entries(sandboxes));
  for (const [bytes] of alive.values()) budget.change(bytes);
  budget.join({
    sheddable: () =>
      [...alive].map(([name, [bytes, worthMsPerSecond]]) => ({
        ...{ bytes, worthMsPerSecond },
        shed() {
          alive.delete(name);
          budget.change(-bytes);
          budget.enforce();
        },
      })),
  });
  return alive;
}

Deno.test("enforce() ends what saves least for its memory, over all pools", () => {
  const budget = new MemoryBudget(100);
  const deno = member(budget, { hot: [40, 90], cold: [40, 1] });
  const quickjs = member(budget, { warm: [20, 10], "large and warm": [60, 12] });
  budget.enforce();
  assert.deepEqual([...deno.keys(), ...quickjs.keys()], ["hot", "warm"]);
  assert.deepEqual(budget.numbers(), { maxBytes: 100, usedBytes: 60, shed: 2 });
});

Deno.test("enforce() ends nothing where all fits, and never more than it must", () => {
  const budget = new MemoryBudget(100);
  const all = member(budget, { a: [50, 0], b: [50, 0] });
  budget.enforce();
  assert.equal(all.size, 2);
  assert.equal(budget.fits(0), true);
  assert.equal(budget.fits(1), false);
  // Calls took more: theirs is not to be had, so what is ready goes.
  budget.change(60);
  budget.enforce();
  assert.equal(all.size, 0);
  budget.change(100);
  budget.enforce();
  assert.equal(budget.numbers().usedBytes, 160);
});
