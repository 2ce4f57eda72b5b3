import assert from "node:assert/strict";
import { parseTicks, ProcessorLoad, type ProcessorTicks } from "./processor_load.ts";

const STAT = "cpu  100 5 50 800 40 1 3 1 0 0\ncpu0 100 5 50 800 40 1 3 1 0 0\n";

function loadFixture() {
  const state = { nowMs: 0, ticks: { idle: 0, total: 0 } as ProcessorTicks | null };
  const load = new ProcessorLoad({ nowMs: () => state.nowMs }, () => state.ticks);
  const pass = (ms: number, { idle, total }: ProcessorTicks) => {
    state.nowMs += ms;
    if (state.ticks === null) return;
    state.ticks = { idle: state.ticks.idle + idle, total: state.ticks.total + total };
  };
  return { state, load, pass };
}

Deno.test("ProcessorLoad tells busy processors from idle ones between two looks", () => {
  const { load, pass } = loadFixture();
  assert.equal(load.areBusy(), false, "one look tells nothing");
  pass(25, { idle: 0, total: 5 });
  assert.equal(load.areBusy(), true);
  pass(25, { idle: 3, total: 5 });
  assert.equal(load.areBusy(), false);
});

Deno.test("ProcessorLoad keeps its answer for a few milliseconds, and no old one", () => {
  const { load, pass } = loadFixture();
  load.areBusy();
  pass(25, { idle: 0, total: 5 });
  assert.equal(load.areBusy(), true);
  pass(10, { idle: 2, total: 2 });
  assert.equal(load.areBusy(), true);
  pass(10_000, { idle: 0, total: 2_000 });
  assert.equal(load.areBusy(), false, "what happened since then is not one moment");
});

Deno.test("ProcessorLoad never seems busy where nothing tells", () => {
  const { state, load, pass } = loadFixture();
  state.ticks = null;
  load.areBusy();
  pass(25, { idle: 0, total: 5 });
  assert.equal(load.areBusy(), false);
});

Deno.test("parseTicks() adds up what the kernel tells", () => {
  assert.deepEqual(parseTicks(STAT), { idle: 840, total: 1000 });
  for (const none of ["", "cpu", "cpu x y z w\n", "intr 1 2 3 4\n"]) {
    assert.equal(parseTicks(none), null, none);
  }
});
