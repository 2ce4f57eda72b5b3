import assert from "node:assert/strict";
import { ExtismRuntime } from "../sandboxes/extism/extism_runtime.ts";
import { buildExtismGuest } from "../sandboxes/extism/extism_program.ts";
import { probeIsolation } from "../sandboxes/process/isolation.ts";
import { ConformanceBench, failureOf, observe } from "./conformance/conformance_bench.ts";
import { loadPlugin } from "./conformance/plugin_bench.ts";
import { compileWat } from "./support/plugins/compile_wat.ts";
import { extismWat, samplePlugin } from "./support/plugins/wat_plugins.ts";

const MIB = 1024 * 1024;
const denoPath = Deno.execPath();
const searchPath = (Deno.env.get("PATH") ?? "").split(":");
const isolation = await probeIsolation({ denoPath, searchPath });

let programs = "";
let guestFile = "";
Deno.test.beforeAll(async () => {
  programs = await Deno.makeTempDir({ prefix: "airlock-guest-" });
  guestFile = await buildExtismGuest(programs);
});
Deno.test.afterAll(() => Deno.remove(programs, { recursive: true }));

async function openBench(): Promise<ConformanceBench> {
  const runDirectory = await Deno.makeTempDir({ prefix: "airlock-run-" });
  return await ConformanceBench.open({
    runtime: new ExtismRuntime({ denoPath, isolation, guestFile, runDirectory }),
    runDirectory,
    [Symbol.asyncDispose]: () => Deno.remove(runDirectory, { recursive: true }),
  });
}

/** Codes that a contained attack may end with; answering is fine too, where nothing was gained. */
const CONTAINED: ReadonlySet<string> = new Set([
  "tool_error",
  "resource_limit",
  "deadline_exceeded",
]);

/** Attacks by the body of a plug-in that exports `run`. */
const ATTACKS: Readonly<Record<string, () => Promise<Uint8Array>>> = {
  "fills its linear memory with writes": () =>
    extismWat(`(func (export "run") (result i32) (local $at i32)
      (loop $more
        (if (i32.ne (memory.grow (i32.const 16)) (i32.const -1)) (then
          (memory.fill (local.get $at) (i32.const 1) (i32.const 1048576))
          (local.set $at (i32.add (local.get $at) (i32.const 1048576)))
          (br $more))))
      unreachable)`),
  "fills the kernel's memory": () =>
    extismWat(`(func (export "run") (result i32)
      (loop $more (br_if $more (i64.ne (call $alloc (i64.const 100000)) (i64.const 0))))
      (loop $small (br_if $small (i64.ne (call $alloc (i64.const 16)) (i64.const 0))))
      unreachable)`),
  "fills its variables": () =>
    extismWat(`(func (export "run") (result i32) (local $n i64)
      (loop $more
        (call $var_set (call $alloc (i64.add (i64.const 16) (local.tee $n
          (i64.add (local.get $n) (i64.const 1))))) (call $alloc (i64.const 4096)))
        (br $more))
      unreachable)`),
  "logs for ever": () =>
    extismWat(`(func (export "run") (result i32) (local $line i64)
      (local.set $line (call $alloc (i64.const 1000)))
      (loop $more (call $log_info (local.get $line)) (br $more)) unreachable)`),
  "logs nothing for ever": () =>
    extismWat(`(func (export "run") (result i32)
      (loop $more (call $log_info (i64.const 0)) (br $more)) unreachable)`),
  "loops in its start function": () =>
    extismWat(`(func $start (loop $more (br $more))) (start $start)
      (func (export "run") (result i32) (i32.const 0))`),
  "loops in what languages run first": () =>
    extismWat(`(func (export "_initialize") (loop $more (br $more)))
      (func (export "run") (result i32) (i32.const 0))`),
  "recurses across the host": () =>
    extismWat(`(func $run (export "run") (result i32)
      (call $log_info (i64.const 0)) (drop (call $run)) (i32.const 0))`),
  "sleeps for ever": () =>
    extismWat(`(func (export "run") (result i32)
      (i32.store (i32.const 528) (i32.const 1)) (i64.store (i32.const 536) (i64.const -1))
      (drop (call $poll (i32.const 512) (i32.const 1024) (i32.const 1) (i32.const 1100)))
      unreachable)`),
  "grows a table": () =>
    compileWat(`(module (table $t 0 externref) (func (export "run") (result i32)
      (loop $more (br_if $more
        (i32.ne (table.grow $t (ref.null extern) (i32.const 1000)) (i32.const -1))))
      (i32.sub (table.size $t) (i32.const 131000))))`),
  "points WASI outside of its memory": () =>
    compileWat(`(module
      (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
      (memory (export "memory") 1)
      (func (export "run") (result i32) (call $random (i32.const -16) (i32.const 64))))`),
  "asks WASI for gigabytes": () =>
    compileWat(`(module
      (import "wasi_snapshot_preview1" "fd_write" (func $w (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (func (export "run") (result i32) (local $n i32)
        (loop $more
          (i32.store (i32.shl (local.get $n) (i32.const 3)) (i32.const 0))
          (i32.store offset=4 (i32.shl (local.get $n) (i32.const 3)) (i32.const 65536))
          (br_if $more (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1)))
            (i32.const 1000))))
        (loop $again
          (drop (call $w (i32.const 1) (i32.const 0) (i32.const 1000) (i32.const 65000)))
          (br $again))
        unreachable))`),
  "has no memory for WASI": () =>
    compileWat(`(module
      (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
      (func (export "run") (result i32) (call $random (i32.const 0) (i32.const 64))))`),
};

for (const [name, module] of Object.entries(ATTACKS)) {
  Deno.test(`a plug-in that ${name} is contained, and so is its neighbour's memory`, async () => {
    await using bench = await openBench();
    const neighbour = await loadPlugin(bench);
    const sandbox = await loadPlugin(bench, {
      module: await module(),
      limits: { memoryBytes: 32 * MIB },
    });
    const limits = { timeoutMs: 2_500, logBytes: 10_000 };
    const call = observe(sandbox, "run", { limits });
    const ended = await call.report.then(() => "answered", (error) => error.code);
    assert.ok(ended === "answered" || CONTAINED.has(ended), `${name}: ${ended}`);
    const kept = call.logs.reduce((sum, { message }) => sum + message.length, 0);
    assert.ok(kept <= 10_000, `${kept} characters of log`);
    const { rssBytes } = await sandbox.usage();
    assert.ok(rssBytes <= 224 * MIB, `${rssBytes} bytes resident`);
    const fine = await observe(neighbour, "echo", { params: "still here" }).report;
    assert.equal(fine.output, "still here");
  });
}

Deno.test("a plug-in of 65 MB of data is refused while loading", async () => {
  await using bench = await openBench();
  const module = new Uint8Array(65 * MIB);
  module.set([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const failure = await failureOf(loadPlugin(bench, { module }));
  assert.deepEqual([failure.code, failure.stage], ["tool_error", "load"]);
  assert.match(failure.message, /more than 67108864 bytes/);
});

Deno.test("a function nested ten thousand deep neither hangs nor ends the gateway", async () => {
  await using bench = await openBench();
  const depth = 10_000;
  const module = await compileWat(
    `(module (func (export "run") (result i32)
      ${"(block ".repeat(depth)}${")".repeat(depth)} (i32.const 0)))`,
  ).catch(() => samplePlugin());
  const sandbox = await loadPlugin(bench, { module });
  await observe(sandbox, "run").report.catch((error) =>
    assert.ok(
      CONTAINED.has(error.code) ||
        error.code === "tool_not_found",
    )
  );
});

Deno.test("ten thousand calls leave no memory behind", async () => {
  await using bench = await openBench();
  const sandbox = await loadPlugin(bench);
  const round = async (calls: number) => {
    for (let n = 0; n < calls; n++) await observe(sandbox, "count").report;
    return (await sandbox.usage()).rssBytes;
  };
  const before = await round(1_000);
  const after = await round(9_000);
  assert.ok(after - before < 32 * MIB, `${before} bytes after 1,000 calls, ${after} after 10,000`);
});
