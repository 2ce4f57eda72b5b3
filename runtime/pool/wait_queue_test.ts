import assert from "node:assert/strict";
import { type Waiting, WaitQueue } from "./wait_queue.ts";

interface Named extends Waiting {
  readonly name: string;
}

function named(name: string, key: string | null = "k"): Named {
  return { name, tenant: name.charAt(0), key };
}

function serveAll(queue: WaitQueue<Named>): string[] {
  const order: string[] = [];
  for (;;) {
    const next = queue.serveNext(({ name }) => name);
    if (next === null) return order;
    order.push(next.served);
  }
}

Deno.test("serveNext() takes tenants in turn, each first in first out", () => {
  const queue = new WaitQueue<Named>(10);
  for (const name of ["a1", "a2", "a3", "b1", "c1", "b2"]) queue.add(named(name));
  assert.deepEqual(serveAll(queue), ["a1", "b1", "c1", "a2", "b2", "a3"]);
  assert.equal(queue.size, 0);
});

Deno.test("serveNext() passes over those who cannot be served, and keeps their order", () => {
  const queue = new WaitQueue<Named>(10);
  for (const name of ["a1", "a2", "b1"]) queue.add(named(name));
  assert.equal(queue.serveNext(({ name }) => name === "a2" ? true : null)?.waiter.name, "a2");
  assert.equal(queue.serveNext(() => null), null);
  assert.deepEqual(serveAll(queue), ["b1", "a1"]);
});

Deno.test("add() turns away the newest of the longest line when full", () => {
  const queue = new WaitQueue<Named>(3);
  for (const name of ["a1", "a2", "a3"]) assert.equal(queue.add(named(name)), null);
  assert.equal(queue.add(named("a4"))?.name, "a4", "a flood turns away itself");
  assert.equal(queue.add(named("b1"))?.name, "a3", "another tenant still gets in");
  assert.equal(queue.add(named("b2"))?.name, "b2", "up to an equal share");
  assert.deepEqual(serveAll(queue), ["a1", "b1", "a2"]);
});

Deno.test("add() turns everybody away when nobody may wait", () => {
  const queue = new WaitQueue<Named>(0);
  assert.equal(queue.add(named("a1"))?.name, "a1");
  assert.equal(queue.size, 0);
});

Deno.test("firstOfKey() finds the oldest of the key, whatever was removed", () => {
  const queue = new WaitQueue<Named>(10);
  const [one, two] = [named("a1", "x"), named("a2", "x")];
  for (const waiter of [named("a0", null), one, two]) queue.add(waiter);
  assert.equal(queue.firstOfKey("x"), one);
  assert.equal(queue.remove(one), true);
  assert.equal(queue.remove(one), false);
  assert.equal(queue.firstOfKey("x"), two);
  assert.deepEqual(queue.takeAll().map(({ name }) => name), ["a0", "a2"]);
  assert.equal(queue.firstOfKey("x"), null);
});
