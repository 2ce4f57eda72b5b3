import assert from "node:assert/strict";
import { compileWat } from "../../tests/support/plugins/compile_wat.ts";
import { MEMORY_IMPORT } from "../protocol/memory_import.ts";
import { importMemory } from "./import_memory.ts";

const ENGINE = await compileWat(`(module
  (import "env" "add" (func $add (param i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 8) "here")
  (func (export "sum") (result i32)
    (call $add (i32.load8_u (i32.const 8)) (i32.const 1))))`);

Deno.test("importMemory() has a module use the memory that it is given, and changes nothing else", async () => {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const { instance } = await WebAssembly.instantiate(importMemory(ENGINE), {
    env: { add: (a: number, b: number) => a + b },
    [MEMORY_IMPORT.module]: { [MEMORY_IMPORT.name]: memory },
  });
  const { memory: exported, sum } = instance.exports;
  assert.equal(exported, memory);
  assert.equal(new TextDecoder().decode(new Uint8Array(memory.buffer, 8, 4)), "here");
  assert.equal((sum as () => number)(), "h".charCodeAt(0) + 1);
});

Deno.test("importMemory() keeps the least size that the module asks for", async () => {
  const small = new WebAssembly.Memory({ initial: 1 });
  await assert.rejects(
    WebAssembly.instantiate(importMemory(ENGINE), {
      env: { add: () => 0 },
      [MEMORY_IMPORT.module]: { [MEMORY_IMPORT.name]: small },
    }),
    WebAssembly.LinkError,
  );
});

Deno.test("importMemory() refuses modules that it was not made for", async () => {
  const without = await compileWat(`(module)`);
  assert.throws(() => importMemory(without), /has not one of its own/);
  const alone = await compileWat(`(module (memory (export "memory") 1))`);
  assert.throws(() => importMemory(alone), /imports nothing/);
});
