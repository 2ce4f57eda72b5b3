import assert from "node:assert/strict";
import { VirtualTimers } from "./virtual_timers.ts";

/** A clock that stands still unless told, and notes what it is asked for. */
function world() {
  const asked: number[] = [];
  const clock = { nowMs: 1000 };
  const timers = new VirtualTimers({
    now: () => clock.nowMs,
    wake: (delayMs) => void asked.push(delayMs),
  });
  /** Moves the clock on, firing as often as a host would. */
  const advance = (byMs: number) => {
    const endMs = clock.nowMs + byMs;
    while (asked.at(-1)! >= 0 && clock.nowMs + asked.at(-1)! <= endMs) {
      clock.nowMs += asked.at(-1)!;
      timers.fire();
    }
    clock.nowMs = endMs;
  };
  return { timers, clock, asked, advance };
}

Deno.test("VirtualTimers fires in order of time, then of making", () => {
  const { timers, advance } = world();
  const seen: string[] = [];
  for (const [name, delay] of [["c", 30], ["a", 10], ["b", 10], ["zero", 0], ["odd", "x"]]) {
    timers.add(() => seen.push(String(name)), delay, { repeats: false });
  }
  advance(15);
  assert.deepEqual(seen, ["zero", "odd", "a", "b"]);
  advance(100);
  assert.deepEqual(seen.at(-1), "c");
});

Deno.test("VirtualTimers asks for one wake at a time, and for none when nothing waits", () => {
  const { timers, asked } = world();
  const late = timers.add(() => {}, 50, { repeats: false });
  const soon = timers.add(() => {}, 20, { repeats: false });
  assert.deepEqual(asked, [50, 20]);
  timers.remove(soon);
  timers.remove(late);
  timers.remove(late);
  assert.deepEqual(asked, [50, 20, 50, -1]);
});

Deno.test("VirtualTimers repeats until removed, from within as well", () => {
  const { timers, advance, asked } = world();
  let ticks = 0;
  const id: number = timers.add(() => ++ticks === 3 && timers.remove(id), 10, { repeats: true });
  advance(1000);
  assert.equal(ticks, 3);
  assert.equal(asked.at(-1), -1);
});

Deno.test("VirtualTimers goes on after a callback that throws", () => {
  const { timers, clock } = world();
  const seen: string[] = [];
  timers.add(
    () => {
      throw new Error("boom");
    },
    1,
    { repeats: false },
  );
  timers.add(() => seen.push("next"), 2, { repeats: false });
  clock.nowMs += 5;
  assert.throws(() => timers.fire(), /boom/);
  timers.fire();
  assert.deepEqual(seen, ["next"]);
});

Deno.test("VirtualTimers.shift() keeps what is left to wait when the clock is set", () => {
  const { timers, clock, asked } = world();
  timers.add(() => {}, 100, { repeats: false });
  clock.nowMs = 0;
  timers.shift(-1000);
  assert.equal(asked.at(-1), 100);
});
