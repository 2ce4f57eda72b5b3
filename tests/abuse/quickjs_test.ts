import assert from "node:assert/strict";
import { testAttacks } from "../support/run_attacks.ts";
import type { Attack } from "./attacks/attack.ts";
import { ENDLESS_ATTACKS, ENDLESS_LOADS } from "./attacks/endless_attacks.ts";
import { EXIT_ATTACKS } from "./attacks/exit_attacks.ts";
import { ENDLESS_FLOODS, LOG_FLOODS, ODD_RESULTS, OUTPUT_FLOODS } from "./attacks/flood_attacks.ts";
import { BUFFER_BOMBS, HEAP_BOMBS, STACK_BOMBS } from "./attacks/memory_attacks.ts";
import { ODD_KEYS, POLLUTION_ATTACKS } from "./attacks/pollution_attacks.ts";
import { JOB_LOOPS, NATIVE_STALLS, RECURSIONS } from "./attacks/quickjs_attacks.ts";
import { QUICKJS_PLACE } from "./attacks/quickjs_place.ts";
import { THREAD_ATTACKS } from "./attacks/thread_attacks.ts";
import { HOSTILE_ERRORS, THENABLES } from "./attacks/value_attacks.ts";

// What is attacked in Deno is attacked here, with the same data, and then what is QuickJS's own. Frames,
// leftovers of a realm and secrets of the channel have no counterpart: no tool shares a realm with them.
const GROUPS: Readonly<Record<string, readonly Attack[]>> = {
  "code that never ends": ENDLESS_ATTACKS,
  "modules that never finish loading": ENDLESS_LOADS,
  "early exits": EXIT_ATTACKS,
  "log floods": LOG_FLOODS,
  "floods without end": ENDLESS_FLOODS,
  "output floods": OUTPUT_FLOODS,
  "odd results": ODD_RESULTS,
  "heap bombs": HEAP_BOMBS,
  "bombs beside the heap": BUFFER_BOMBS,
  "stack bombs": STACK_BOMBS,
  "ruined realms": POLLUTION_ATTACKS,
  "keys that are names of the language": ODD_KEYS,
  "threads and processes": THREAD_ATTACKS,
  "thenables": THENABLES,
  "hostile errors": HOSTILE_ERRORS,
  "queues of promise jobs": JOB_LOOPS,
  "native stalls": NATIVE_STALLS,
  "recursion of the engine": RECURSIONS,
};

for (const [title, attacks] of Object.entries(GROUPS)) {
  await testAttacks(title, attacks, QUICKJS_PLACE);
}

Deno.test("quickjs: every exception from the attacks is for one that exists", () => {
  const names = new Set(Object.values(GROUPS).flat().map(({ name }) => name));
  const { leftOut = {}, endings = {} } = QUICKJS_PLACE;
  const excepted = [...Object.keys(leftOut), ...Object.keys(endings)];
  assert.deepEqual(excepted.filter((name) => !names.has(name)), []);
});
