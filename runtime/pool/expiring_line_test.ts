import assert from "node:assert/strict";
import { ExpiringLine } from "./expiring_line.ts";
import { ManualClock } from "./testing/manual_clock.ts";

function world() {
  const clock = new ManualClock();
  const expired: string[] = [];
  const line = new ExpiringLine<{ name: string; askedMs: number }>({
    clock,
    limitMs: 100,
    onExpired: ({ name }) => expired.push(name),
  });
  const add = (name: string) => {
    const one = { name, askedMs: clock.nowMs() };
    line.add(one);
    return one;
  };
  return { clock, line, add, expired };
}

Deno.test("ExpiringLine tells each when its own time is up", async () => {
  const { clock, add, expired } = world();
  add("first");
  await clock.advance(60);
  add("second");
  await clock.advance(39);
  assert.deepEqual(expired, []);
  await clock.advance(1);
  assert.deepEqual(expired, ["first"]);
  await clock.advance(59);
  assert.deepEqual(expired, ["first"]);
  await clock.advance(1);
  assert.deepEqual(expired, ["first", "second"]);
});

Deno.test("ExpiringLine forgets who was deleted, and goes on with those who come later", async () => {
  const { clock, line, add, expired } = world();
  line.delete(add("gone"));
  await clock.advance(50);
  add("stays");
  await clock.advance(99);
  assert.deepEqual(expired, []);
  await clock.advance(1);
  assert.deepEqual(expired, ["stays"]);
});

Deno.test("ExpiringLine.stop() leaves no timer", async () => {
  const { clock, line, add, expired } = world();
  add("one");
  line.stop();
  await clock.advance(1_000);
  assert.deepEqual(expired, []);
});
