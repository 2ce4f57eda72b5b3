import assert from "node:assert/strict";
import { join } from "node:path";
import { ConformanceBench, observe } from "../conformance/conformance_bench.ts";
import { loadPlugin } from "../conformance/plugin_bench.ts";
import { HostileSandbox } from "../support/hostile_sandbox.ts";
import type { Loosening } from "../support/loosened_build.ts";
import { loosenedExtism } from "../support/loosened_copy.ts";
import { compileWat } from "../support/plugins/compile_wat.ts";
import { extismWat } from "../support/plugins/wat_plugins.ts";

// As in `loosened_test.ts`: the defences of plug-in sandboxes, taken out one by one.

/** What calls of `run`, one after the other, end with: an output, `null` where empty, or a code. */
async function endings(
  loosenings: readonly Loosening[],
  { module, calls = 1 }: { readonly module: Uint8Array; readonly calls?: number },
): Promise<unknown[]> {
  await using world = await HostileSandbox.open({
    level: "permissions",
    makeRuntime: loosenedExtism(loosenings),
  });
  await using bench = await ConformanceBench.open({
    runtime: world.runtime,
    runDirectory: join(world.directory, "run"),
    // The world removes the directory.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
  const ended: unknown[] = [];
  const limits = { memoryBytes: 16 * 1024 * 1024 };
  const sandbox = await loadPlugin(bench, { module, limits });
  for (let n = 0; n < calls; n++) {
    const { report } = observe(sandbox, "run", { limits });
    // The loosened host has an error class of its own.
    ended.push(
      await report.then(({ output }) => output, (error: object) => Reflect.get(error, "code")),
    );
  }
  return ended;
}

/** A plug-in that traps unless it got what it was after. */
async function endsWith(
  loosening: Loosening,
  { module, loose, held }: {
    readonly module: Uint8Array;
    readonly loose: readonly unknown[];
    readonly held: readonly unknown[];
  },
): Promise<void> {
  assert.deepEqual(await endings([loosening], { module, calls: loose.length }), loose);
  assert.deepEqual(await endings([], { module, calls: held.length }), held);
}

Deno.test("where the maximum of a memory is not rewritten it grows past the limit", async () => {
  await endsWith({
    file: "sandboxes/extism/guest_bound_module.ts",
    from: "limitBytes(initial, Math.min(maximum ?? most, most))",
    to: "[0, ...leb128(initial)]",
  }, {
    // 64 MB, four times what the call may have.
    module: await extismWat(`(func (export "run") (result i32)
      (if (i32.eq (memory.grow (i32.const 1024)) (i32.const -1)) (then unreachable)) (i32.const 0))`),
    loose: [null],
    held: ["tool_error"],
  });
});

Deno.test("where the maximum of a table is not rewritten it grows to millions of entries", async () => {
  await endsWith({
    file: "sandboxes/extism/guest_bound_module.ts",
    from: "limitBytes(initial, Math.min(maximum ?? grown, grown))",
    to: "[0, ...leb128(initial)]",
  }, {
    module: await compileWat(`(module (table $t 0 externref) (func (export "run") (result i32)
      (if (i32.eq (table.grow $t (ref.null extern) (i32.const 2000000)) (i32.const -1))
        (then unreachable)) (i32.const 0)))`),
    loose: [null],
    held: ["tool_error"],
  });
});

Deno.test("without their bound variables grow past it", async () => {
  await endsWith({
    file: "sandboxes/extism/guest_host_functions.ts",
    from: "if (this.#bytes > this.#maxBytes) {",
    to: "if (false) {",
  }, {
    module: await extismWat(`(func (export "run") (result i32)
      (call $var_set (call $alloc (i64.const 8)) (call $alloc (i64.const 2097152))) (i32.const 0))`),
    loose: [null],
    held: ["tool_error"],
  });
});

Deno.test("where calls share their instances one sees what another left", async () => {
  await endsWith({
    file: "sandboxes/extism/guest_run_export.ts",
    from: "const linked = new LinkedPlugin(plugin, { kernel, streams, scope: run.scope });",
    to: `const linked = Reflect.get(plugin, "linked") ??
      new LinkedPlugin(plugin, { kernel, streams, scope: run.scope });
      Reflect.set(plugin, "linked", linked);`,
  }, {
    // Fails where it has run before.
    module: await extismWat(`(global $calls (mut i32) (i32.const -1))
      (func (export "run") (result i32)
        (global.set $calls (i32.add (global.get $calls) (i32.const 1))) (global.get $calls))`),
    loose: [null, "tool_error"],
    held: [null, null],
  });
});

Deno.test("where calls share the host's memory one reads what another left there", async () => {
  await endsWith({
    file: "sandboxes/extism/guest_run_export.ts",
    from:
      "const kernel = new Kernel(run.kernelModule, { memoryBytes: plugin.memoryBytes * KERNEL_SHARE });",
    to: `const kernel = Reflect.get(plugin, "kernel") ??
      new Kernel(run.kernelModule, { memoryBytes: plugin.memoryBytes * KERNEL_SHARE });
      Reflect.set(plugin, "kernel", kernel);`,
  }, {
    // Leaves a byte far from where blocks are made, and fails where it stands there already.
    module: await extismWat(`(func (export "run") (result i32)
      (if (i32.eq (call $load_u8 (i64.const 60000)) (i32.const 7)) (then unreachable))
      (call $store_u8 (i64.const 60000) (i32.const 7)) (i32.const 0))`),
    loose: [null, "tool_error"],
    held: [null, null],
  });
});
