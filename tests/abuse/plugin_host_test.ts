import assert from "node:assert/strict";
import { join } from "node:path";
import { buildExtismGuest } from "../../sandboxes/extism/extism_program.ts";
import { ExtismRuntime } from "../../sandboxes/extism/extism_runtime.ts";
import type { EgressPort } from "../../spec/egress.ts";
import { AirlockError } from "../../spec/errors.ts";
import { ConformanceBench, observe } from "../conformance/conformance_bench.ts";
import { loadPlugin } from "../conformance/plugin_bench.ts";
import { HostileSandbox } from "../support/hostile_sandbox.ts";
import { extismWat } from "../support/plugins/wat_plugins.ts";

// Plug-ins that use the host's functions against it: wrong offsets and lengths, blocks that are not
// theirs, requests that nobody granted.

/** How an attack must end. */
interface HostAttack {
  /** Body of a plug-in that exports `run`. */
  readonly body: string;
  /** What its failure says; absent where it answers, with nothing gained. */
  readonly fails?: RegExp;
}

const OUTSIDE = /Reading the plug-in's memory: out of its bounds/;
const TRAP = /Running the plug-in: (unreachable|memory access out of bounds)/;
/** Offsets that are no block's. */
const NOWHERE = ["-1", "-16", "0x7fffffff0", "0xfffffff0", "0x10000000000", "1041", "8"];
const each = (call: (offset: string) => string) => NOWHERE.map(call).join(" ");
const run = (code: string) =>
  `(func (export "run") (result i32) (local $p i64) ${code} (i32.const 0))`;
/** Writes an `i32` of the memory shared with the host, byte by byte. */
const POKE = `(func $poke (param $at i64) (param $x i32)
  (call $store_u8 (local.get $at) (local.get $x))
  (call $store_u8 (i64.add (local.get $at) (i64.const 1)) (i32.shr_u (local.get $x) (i32.const 8)))
  (call $store_u8 (i64.add (local.get $at) (i64.const 2)) (i32.shr_u (local.get $x) (i32.const 16)))
  (call $store_u8 (i64.add (local.get $at) (i64.const 3)) (i32.shr_u (local.get $x) (i32.const 24))))`;
/** Says that the block `$p` has four gigabytes. */
const FORGE_LENGTH = `(local.set $p (call $alloc (i64.const 16)))
  (call $poke (i64.sub (local.get $p) (i64.const 12)) (i32.const -1))`;

const ATTACKS: Readonly<Record<string, HostAttack>> = {
  "logs what is no block": { body: run(each((at) => `(call $log_info (i64.const ${at}))`)) },
  "asks for settings and variables by what is no block": {
    body: run(each((at) =>
      `(drop (call $config_get (i64.const ${at})))
      (drop (call $var_get (i64.const ${at}))) (call $var_set (i64.const ${at}) (i64.const ${at}))`
    )),
  },
  "logs a block whose length it forged": {
    body: POKE + run(`${FORGE_LENGTH} (call $log_info (local.get $p))`),
    fails: OUTSIDE,
  },
  "keeps a block whose length it forged": {
    body: POKE + run(`${FORGE_LENGTH} (call $var_set (local.get $p) (local.get $p))`),
    fails: OUTSIDE,
  },
  "fails with a block whose length it forged": {
    body: POKE + run(`${FORGE_LENGTH} (call $error_set (local.get $p))`),
    fails: OUTSIDE,
  },
  "puts out more than there is": {
    body: run(`(call $output_set (i64.const 1040) (i64.const 0x7fffffff))`),
    fails: OUTSIDE,
  },
  "puts out a negative length": {
    body: run(`(call $output_set (i64.const 1040) (i64.const -1))`),
    fails: OUTSIDE,
  },
  "puts out where offset and length wrap": {
    body: run(`(call $output_set (i64.const -8) (i64.const 16))`),
    fails: OUTSIDE,
  },
  "loads beyond 32 bits": {
    body: run(`(drop (call $load_u8 (i64.const 0x100000000)))`),
    fails: TRAP,
  },
  "stores beyond the end": {
    body: run(`(call $store_u8 (i64.const 0xffffffff) (i32.const 1))`),
    fails: TRAP,
  },
  "allocates as much as there can be": {
    body: run(each((size) =>
      `(if (i64.gt_u (i64.const ${size}) (i64.const 0x7fffffff)) (then
      (if (i64.ne (call $alloc (i64.const ${size})) (i64.const 0)) (then unreachable))))`
    )),
  },
  "frees every address, and the input": {
    body: run(`(loop $more (call $free (local.get $p))
        (local.set $p (i64.add (local.get $p) (i64.const 1)))
        (br_if $more (i64.lt_u (local.get $p) (i64.const 200000))))
      ${each((at) => `(call $free (i64.const ${at}))`)} (call $free (call $input_offset))`),
  },
  "frees a block and uses it on": {
    body: run(`(local.set $p (call $alloc (i64.const 16))) (call $free (local.get $p))
      (call $free (local.get $p)) (call $log_info (local.get $p))
      (if (i64.eq (call $alloc (i64.const 16)) (call $alloc (i64.const 16))) (then unreachable))`),
  },
  "forges the list of free blocks": {
    // From here on the host itself would get a block outside of the memory.
    body: POKE + run(`(call $poke (i64.const 16) (i32.const -16))
      (drop (call $alloc (i64.const 16)))`),
    fails: TRAP,
  },
  "overwrites all that it shares with the host": {
    body: run(`(loop $more (call $store_u8 (local.get $p) (i32.const 0xff))
        (local.set $p (i64.add (local.get $p) (i64.const 1)))
        (br_if $more (i64.lt_u (local.get $p) (i64.const 65536))))
      (drop (call $config_get (call $alloc (i64.const 16))))`),
    fails: TRAP,
  },
  "requests what is no block": {
    body: run(`(drop (call $http_request (i64.const -1) (i64.const -1)))`),
    fails: /Requesting over the network: the request is no JSON/,
  },
  "requests without a grant": {
    body: `(data (i32.const 0) "{\\"url\\":\\"http://10.0.0.1/\\"}")` +
      run(`(drop (call $http_request (call $block (i32.const 0) (i32.const 26)) (i64.const 0)))`),
    fails: /not granted/,
  },
  "keeps one variable of two megabytes": {
    body: run(`(call $var_set (call $alloc (i64.const 8)) (call $alloc (i64.const 2097152)))`),
    fails: /more than 1048576 bytes of variables/,
  },
};

const REFUSAL: EgressPort = {
  request: () => Promise.reject(new AirlockError("permission_denied", "Requesting: not granted")),
};

Deno.test("plug-ins gain nothing from the host's functions, nor does what runs beside them", async (test) => {
  await using world = await HostileSandbox.open({
    level: "bubblewrap",
    makeRuntime: async ({ guestDirectory, ...parts }) =>
      new ExtismRuntime({ ...parts, guestFile: await buildExtismGuest(guestDirectory) }),
  });
  await using bench = await ConformanceBench.open({
    runtime: world.runtime,
    runDirectory: join(world.directory, "run"),
    // The world removes the directory.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
  for (const [name, { body, fails }] of Object.entries(ATTACKS)) {
    await test.step(name, async () => {
      const sandbox = await loadPlugin(bench, {
        module: await extismWat(`${body} ${BESIDE}`),
        unit: { overlapping: true },
        plan: { config: { secret: "of the host" } },
      });
      const beside = observe(sandbox, "beside", { params: "mine" });
      const call = observe(sandbox, "run", { egress: REFUSAL });
      const ended = await call.report.then(({ output }) => output, (error: unknown) => error);
      if (fails === undefined) assert.equal(ended, null);
      else {
        assert.ok(ended instanceof AirlockError, `answered ${ended}`);
        assert.equal(ended.code, "tool_error");
        assert.match(ended.message, fails);
      }
      assert.deepEqual(call.logs.filter(({ message }) => message !== ""), []);
      assert.equal((await beside.report).output, "mine");
      await sandbox[Symbol.asyncDispose]();
    });
  }
});

/** Waits 60 ms, then answers with its input, which has lain in the shared memory meanwhile. */
const BESIDE = `(func (export "beside") (result i32)
  (i32.store (i32.const 528) (i32.const 1)) (i64.store (i32.const 536) (i64.const 60000000))
  (drop (call $poll (i32.const 512) (i32.const 1024) (i32.const 1) (i32.const 1100)))
  (call $output_set (call $input_offset) (call $input_length)) (i32.const 0))`;
