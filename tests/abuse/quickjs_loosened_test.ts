import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import type { Limits } from "../../spec/limits.ts";
import { HostileSandbox, type LoadedAttack } from "../support/hostile_sandbox.ts";
import type { Loosening } from "../support/loosened_build.ts";
import { failsWithCode } from "../support/loosened_call.ts";
import { loosenedQuickjs } from "../support/loosened_copy.ts";
import { statesOf } from "../support/quickjs_attack_runtime.ts";
import { ATTACK_LIMITS } from "./attacks/attack.ts";

// As in `loosened_test.ts`: the defences of QuickJS sandboxes, taken out one by one.

const limits: Limits = { ...ATTACK_LIMITS, timeoutMs: 60_000 };

/** Loads a module where `loosenings` are taken out, and ends its sandbox after `use`. */
async function withQuickjs(
  loosenings: readonly Loosening[],
  source: string,
  use: (loaded: LoadedAttack, world: HostileSandbox) => Promise<void>,
): Promise<void> {
  const makeRuntime = loosenedQuickjs(loosenings);
  await using world = await HostileSandbox.open({ level: "permissions", makeRuntime });
  await using loaded = await world.load(source, { limits, overlapping: true });
  await use(loaded, world);
}

/** What a call of `attack` answers where `loosenings` are taken out. */
async function answers(
  loosenings: readonly Loosening[],
  source: string,
  calls = 1,
): Promise<unknown[]> {
  const outputs: unknown[] = [];
  await withQuickjs(loosenings, source, async (loaded) => {
    for (let n = 0; n < calls; n++) {
      const { report, error } = await loaded.call({ limits });
      assert.equal(error, undefined, String(error));
      outputs.push(report?.output);
    }
  });
  return outputs;
}

async function fails(
  loosenings: readonly Loosening[],
  { source, code }: { readonly source: string; readonly code: string },
): Promise<void> {
  await withQuickjs(loosenings, source, async (loaded) => {
    failsWithCode(await loaded.call({ limits }), code);
  });
}

const PRELUDE = "sandboxes/quickjs/guest/prelude.ts";

/** Looks for functions on the stack that are none of its own. */
const STACK_READER = `export function attack() {
  Error.prepareStackTrace = (_, sites) => sites.map((site) => site.getFunction?.());
  const found = new Error("only to see its stack").stack;
  return found.filter((f) => typeof f === "function" && f !== attack).length > 0;
}`;

Deno.test("where call sites give functions a tool gets hold of the prelude's", async () => {
  const shown: Loosening = { file: PRELUDE, from: "\nhideFunctions();\n", to: "\n" };
  assert.deepEqual(await answers([shown], STACK_READER), [true]);
  assert.deepEqual(await answers([], STACK_READER), [false]);
});

const COUNTER =
  `let calls = 0; export const attack = () => [++calls, globalThis.left ?? (globalThis.left = 7)];`;

Deno.test("where the next call begins from what the last one left it sees it", async () => {
  const kept: Loosening = {
    file: "sandboxes/quickjs/guest_calls.ts",
    from: "      instance[Symbol.dispose]();\n",
    to: "Object.assign(image, { snapshot: instance.snapshot().snapshot });",
  };
  assert.deepEqual(await answers([kept], COUNTER, 2), [[1, 7], [2, 7]]);
  assert.deepEqual(await answers([], COUNTER, 2), [[1, 7], [1, 7]]);
});

const DRAWER = `export const attack = () => [Math.random(), Math.random()];`;

Deno.test("where nothing is seeded anew each call draws the same numbers", async () => {
  const same: Loosening = { file: PRELUDE, from: "  reseed();\n", to: "" };
  const [first, second] = await answers([same], DRAWER, 2);
  assert.deepEqual(first, second);
  const [one, other] = await answers([], DRAWER, 2);
  assert.notDeepEqual(one, other);
});

const HEAP_100_MB = `export function attack() {
  const kept = [];
  for (let n = 0; n < 100; n++) kept.push(new Uint8Array(2 ** 20).fill(1));
  return kept.length;
}`;

Deno.test("without the bound on the engine's memory an instance outgrows its limit", async () => {
  const unbound: Loosening = {
    file: "sandboxes/quickjs/guest_engine.ts",
    from: "memoryLimit: limits.memoryBytes,",
    to: "",
  };
  assert.deepEqual(await answers([unbound], HEAP_100_MB), [100]);
  await fails([], { source: HEAP_100_MB, code: "resource_limit" });
});

const LARGE_RESULT = `export const attack = () => "x".repeat(100_000);`;

Deno.test("without any bound a large result gets through; each alone refuses it", async () => {
  const bounds: readonly Loosening[] = [
    { file: PRELUDE, from: "maxBytes: outputBytes,", to: "maxBytes: Infinity," },
    {
      file: "sandboxes/quickjs/guest_calls.ts",
      from: "if (Buffer.byteLength(json) <= outputBytes) {",
      to: "if (true) {",
    },
    {
      file: "sandboxes/process/hosted_sandbox.ts",
      from: "if (jsonBytes > outputBytes) call.fail",
      to: "if (false) call.fail",
    },
  ];
  assert.deepEqual(await answers(bounds, LARGE_RESULT), ["x".repeat(100_000)]);
  for (const bound of bounds) {
    const others = bounds.filter((other) => other !== bound);
    await fails(others, { source: LARGE_RESULT, code: "resource_limit" });
  }
});

const STORE = "sandboxes/quickjs/snapshot_store.ts";
const LOADER = "sandboxes/quickjs/guest_load.ts";
const NO_STORE_CHECK: Loosening = {
  file: STORE,
  from: "sha256Of(bytes) !== entry.sha256",
  to: "false",
};
const NO_GUEST_CHECK: Loosening = {
  file: LOADER,
  from: "if (found !== sha256) throw",
  to: "if (false) throw",
};

const [RIGHT, WRONG] = ["what the module says", "what a forger says!!"];

/** What a module answers whose stored state was changed behind the gateway's back. */
async function answerOfForged(loosenings: readonly Loosening[]): Promise<unknown> {
  const source = `export const attack = () => ${JSON.stringify(RIGHT)};`;
  let output: unknown;
  await withQuickjs(loosenings, source, async (_, world) => {
    const states = statesOf(join(world.directory, "guest"));
    const [image] = [...Deno.readDirSync(states)].filter(({ name }) => name.endsWith(".image"));
    const path = join(states, image!.name);
    const text = Buffer.from(await Deno.readFile(path)).toString("latin1");
    assert.ok(text.includes(RIGHT));
    await Deno.writeFile(path, Buffer.from(text.replaceAll(RIGHT, WRONG), "latin1"));
    await using forged = await world.load(source, { limits });
    output = (await forged.call({ limits })).report?.output;
  });
  return output;
}

Deno.test("without both checks of its digest a forged state is run; each alone refuses it", async () => {
  assert.equal(await answerOfForged([NO_STORE_CHECK, NO_GUEST_CHECK]), WRONG);
  assert.equal(await answerOfForged([NO_GUEST_CHECK]), RIGHT);
  await assert.rejects(answerOfForged([NO_STORE_CHECK]), { code: "tool_error", stage: "load" });
});

const INSTANCE = "sandboxes/quickjs/guest_instance.ts";
/** So that only what is inside the process can end a call. */
const NO_HOST_DEADLINE: Loosening = {
  file: "sandboxes/process/active_call.ts",
  from: "}, timeoutMs);",
  to: "}, timeoutMs + 1e6);",
};
const NO_TURNS: Loosening = {
  file: INSTANCE,
  from: "if (performance.now() < endsMs) continue;",
  to: "continue;",
};
const NO_LOOKS: readonly Loosening[] = [
  { file: INSTANCE, from: "      if (this.isOverdue()) return;\n", to: "" },
  { file: INSTANCE, from: "      if (this.#interrupted) return;\n", to: "" },
  // An interrupt within a job makes it fail, which ends the call as well.
  { file: INSTANCE, from: 'this.send("uncaught", this.#vm.getException());', to: "continue;" },
];

/** An interrupt ends one strand of jobs; there are soon more. */
const JOBS = `let turns = 0;
  function next() {
    queueMicrotask(next);
    if (++turns % 1000 === 0) queueMicrotask(next);
  }
  export const attack = () => new Promise(() => next());
  export const beside = () => "served";`;

Deno.test("without looks at the clock between jobs a queue of them has no end", async () => {
  const short = { ...limits, timeoutMs: 500 };
  await withQuickjs([NO_HOST_DEADLINE, NO_TURNS, ...NO_LOOKS], JOBS, async (loaded) => {
    const call = loaded.call({ limits: short });
    const late = new Promise((resolve) => setTimeout(resolve, 3_000, "late"));
    assert.equal(await Promise.race([call, late]), "late");
    await loaded[Symbol.asyncDispose]();
    failsWithCode(await call, "sandbox_crashed");
  });
  await withQuickjs([NO_HOST_DEADLINE], JOBS, async (loaded) => {
    failsWithCode(await loaded.call({ limits: short }), "deadline_exceeded");
    assert.equal((await loaded.call({ toolName: "beside", limits })).report?.output, "served");
  });
});

Deno.test("without turns one call's jobs keep its neighbours waiting until its time is up", async () => {
  for (
    const { loosenings, first } of [
      { loosenings: [NO_HOST_DEADLINE, NO_TURNS], first: "attack" },
      { loosenings: [NO_HOST_DEADLINE], first: "beside" },
    ]
  ) {
    await withQuickjs(loosenings, JOBS, async (loaded) => {
      const ended: string[] = [];
      await Promise.all(["attack", "beside"].map(async (toolName) => {
        await loaded.call({ toolName, limits: { ...limits, timeoutMs: 2_500 } });
        ended.push(toolName);
      }));
      assert.equal(ended[0], first);
    });
  }
});
