import assert from "node:assert/strict";
import { kernelModuleText } from "../../tools/build_extism_kernel.ts";
import { compileKernel, Kernel } from "./guest_kernel.ts";

/** The kernel's functions, typed for the tests. */
function functionsOf(kernel: Kernel) {
  const call = (name: string, ...args: (bigint | number)[]): bigint => {
    const run = kernel.functions[name];
    assert.ok(typeof run === "function");
    return run(...args);
  };
  return {
    alloc: (length: number | bigint) => call("alloc", BigInt(length)),
    free: (offset: bigint) => call("free", offset),
    length: (offset: bigint) => call("length", offset),
    store: (offset: bigint, byte: number) => call("store_u8", offset, byte),
    inputU64: (at: bigint) => BigInt.asUintN(64, call("input_load_u64", at)),
  };
}

const newKernel = (memoryBytes = 1024 * 1024) => new Kernel(compileKernel(), { memoryBytes });

Deno.test("compileKernel() compiles what kernel.wat says", async () => {
  const path = new URL("guest_kernel_bytes.ts", import.meta.url);
  assert.equal(await kernelModuleText(), await Deno.readTextFile(path));
});

Deno.test("Kernel allocates blocks that never overlap, and uses freed ones again", () => {
  const { alloc, free, length } = functionsOf(newKernel());
  const blocks = new Map<bigint, number>();
  let seed = 7;
  for (let round = 0; round < 2_000; round++) {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    const size = 1 + seed % 300;
    const at = alloc(size);
    assert.notEqual(at, 0n);
    assert.equal(length(at), BigInt(size));
    for (const [other, otherSize] of blocks) {
      const apart = at + BigInt(size) <= other || other + BigInt(otherSize) <= at;
      assert.ok(apart, `${at}+${size} overlaps ${other}+${otherSize}`);
    }
    blocks.set(at, size);
    if (blocks.size > 50) {
      const [oldest] = blocks.keys();
      blocks.delete(oldest!);
      free(oldest!);
      assert.equal(length(oldest!), 0n, "a freed block has no length");
    }
  }
});

Deno.test("Kernel refuses what does not fit, and goes on working", () => {
  const kernel = newKernel(256 * 1024);
  const { alloc } = functionsOf(kernel);
  for (const size of [2n ** 18n, 2n ** 31n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n, 0n]) {
    assert.equal(alloc(BigInt.asIntN(64, size)), 0n, String(size));
  }
  assert.notEqual(alloc(1000), 0n);
  assert.throws(() => kernel.write(new Uint8Array(300_000), "a test"), { name: "PluginLimit" });
});

Deno.test("Kernel survives frees of what is no block, twice, and of the input", () => {
  const kernel = newKernel();
  const { alloc, free, length, store } = functionsOf(kernel);
  const at = alloc(64);
  store(at, 1);
  for (const wrong of [0n, 1n, 8n, at + 1n, at + 16n, at - 16n, 2n ** 33n, -1n]) {
    free(wrong);
    assert.equal(length(wrong), 0n, String(wrong));
  }
  free(at);
  free(at);
  const [one, two] = [alloc(64), alloc(64)];
  assert.equal(one, at);
  assert.notEqual(one, two, "a block freed twice is handed out once");
});

Deno.test("Kernel reads input in eights and never beyond its end", () => {
  const kernel = newKernel();
  kernel.setInput(new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9]));
  const { inputU64 } = functionsOf(kernel);
  assert.equal(inputU64(0n), 0x0807060504030201n);
  assert.equal(inputU64(1n), 0x0908070605040302n);
  for (const beyond of [2n, 9n, 2n ** 62n, -1n, -8n]) {
    assert.equal(inputU64(beyond), 0n, String(beyond));
  }
});
