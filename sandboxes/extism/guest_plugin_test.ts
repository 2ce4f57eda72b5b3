import assert from "node:assert/strict";
import { compileWat } from "../../tests/support/plugins/compile_wat.ts";
import { pluginOf, runText } from "../../tests/support/plugins/run_plugin.ts";
import { samplePlugin } from "../../tests/support/plugins/wat_plugins.ts";
import { leb128 } from "./guest_byte_cursor.ts";
import { MODULE_LIMITS } from "./guest_module_limits.ts";

const MIB = 1024 * 1024;
const PREAMBLE = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

const bytes = (...parts: (number | number[])[]) => new Uint8Array(parts.flat());
const section = (id: number, content: number[]) => [id, ...leb128(content.length), ...content];

/** Modules that must be refused before any of their code could run, and the words for it. */
const REFUSED_TEXTS: readonly (readonly [name: string, wat: string, reason: RegExp])[] = [
  ["much memory at once", `(module (memory 2000))`, /begins with 131072000 bytes of memory/],
  ["64-bit memory", `(module (memory i64 1))`, /memory has 64-bit addresses/],
  ["shared memory", `(module (memory 1 2 shared))`, /memory is shared between threads/],
  ["several memories", `(module (memory 1) (memory 1))`, /more than one memory/],
  [
    "an imported memory beside its own",
    `(module (import "env" "memory" (memory 1)) (memory 1))`,
    /more than one memory/,
  ],
  ["a huge table", `(module (table 9000000 funcref))`, /a table begins with 9000000 entries/],
  [
    "many tables",
    `(module ${"(table 1 funcref)".repeat(5)})`,
    /5 entries in the section with id 4|more than 4 tables/,
  ],
  [
    "functions that nobody provides",
    `(module (import "env" "system" (func (param i32))) (import "extism:host/user" "exec" (func)))`,
    /nothing here provides function env\.system, function extism:host\/user\.exec/,
  ],
  [
    "a function of Extism that does not exist",
    `(module (import "extism:host/env" "read_file" (func)))`,
    /nothing here provides function extism:host\/env\.read_file/,
  ],
  [
    "a global in a function's place",
    `(module (import "extism:host/env" "alloc" (global i32)))`,
    /nothing here provides global extism:host\/env\.alloc/,
  ],
  [
    "names that JavaScript has",
    `(module (import "extism:host/env" "constructor" (func)) (import "__proto__" "x" (func)))`,
    /nothing here provides function extism:host\/env\.constructor, function __proto__\.x/,
  ],
];

for (const [name, wat, reason] of REFUSED_TEXTS) {
  Deno.test(`compilePlugin() refuses ${name}`, async () => {
    const main = await compileWat(wat);
    assert.throws(() => pluginOf({ main }, { callBytes: 64 * MIB }), (error) => {
      assert.ok(error instanceof Error);
      assert.equal(error.name, "PluginRefused");
      assert.match(error.message, reason);
      return true;
    });
  });
}

const valid = await samplePlugin();

const MALFORMED: readonly (readonly [name: string, module: Uint8Array<ArrayBuffer>, RegExp])[] = [
  ["nothing", bytes(), /no WebAssembly module/],
  ["text", new TextEncoder().encode("(module)        "), /no WebAssembly module/],
  ["a component", bytes([0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0]), /a component, not a core module/],
  ["another version", bytes([0, 0x61, 0x73, 0x6d, 2, 0, 0, 0]), /no WebAssembly module/],
  ["a section beyond the end", bytes(PREAMBLE, [1, 0xff, 0x7f, 0]), /ends too early/],
  ["a size without end", bytes(PREAMBLE, [1, ...Array(9).fill(0xff)]), /number is too long/],
  ["a size of 35 bits", bytes(PREAMBLE, [1, 0xff, 0xff, 0xff, 0xff, 0x7f]), /number is too large/],
  ["a section twice", bytes(PREAMBLE, section(1, [0]), section(1, [0])), /stands twice/],
  ["an unknown section", bytes(PREAMBLE, section(99, [0])), /unknown id 99/],
  ["a memory section that lies", bytes(PREAMBLE, section(5, [3, 0, 1])), /ends too early/],
  ["bytes after the entries", bytes(PREAMBLE, section(5, [1, 0, 1, 0])), /longer than its entries/],
  ["unknown limits", bytes(PREAMBLE, section(5, [1, 0x10, 1])), /unknown flags/],
  [
    "more functions than any compiler makes",
    bytes(PREAMBLE, section(3, [...leb128(4_000_000_000), 0])),
    /4000000000 entries in the section with id 3/,
  ],
  [
    "an import of an unknown kind",
    bytes(PREAMBLE, section(2, [1, 1, 0x61, 1, 0x62, 9, 0])),
    /import is of an unknown kind/,
  ],
  [
    "a name that is no text",
    bytes(PREAMBLE, section(2, [1, 1, 0xff, 1, 0x62, 0, 0])),
    /name is not UTF-8/,
  ],
  [
    "countless custom sections",
    bytes(PREAMBLE, Array.from({ length: 1_100 }, () => section(0, [1, 0x61])).flat()),
    /too many custom sections/,
  ],
  ["code that does not type-check", valid.slice(0, valid.length - 3), /ends too early/],
];

for (const [name, main, reason] of MALFORMED) {
  Deno.test(`compilePlugin() refuses ${name}`, () => {
    assert.throws(() => pluginOf({ main }), (error) => {
      assert.ok(error instanceof Error);
      assert.equal(error.name, "PluginRefused");
      assert.match(error.message, reason);
      return true;
    });
  });
}

Deno.test("compilePlugin() refuses 100 MB of data before it is read any further", () => {
  const main = new Uint8Array(100 * MIB);
  main.set(PREAMBLE);
  assert.throws(() => pluginOf({ main }), {
    name: "PluginRefused",
    message: `Reading the plug-in: more than ${MODULE_LIMITS.totalBytes} bytes`,
  });
});

Deno.test("compilePlugin() refuses modules that import one another in a circle", async () => {
  const one = await compileWat(`(module (import "two" "b" (func)) (func (export "a")))`);
  const two = await compileWat(`(module (import "one" "a" (func)) (func (export "b")))`);
  assert.throws(() => pluginOf({ one, two }), { message: /in a circle/ });
});

Deno.test("compilePlugin() accepts what any single mutation of a module leaves valid", async () => {
  // Whatever becomes of the bytes, the only outcomes are a plug-in or a refusal: nothing else is
  // thrown, and nothing takes long.
  let accepted = 0;
  for (let at = 0; at < valid.length; at += 3) {
    const mutated = Uint8Array.from(valid);
    mutated[at]! ^= 0xff;
    try {
      pluginOf({ main: mutated });
      accepted++;
    } catch (error) {
      assert.ok(error instanceof Error);
      assert.equal(error.name, "PluginRefused", `${at}: ${error.message}`);
    }
  }
  assert.ok(accepted > 0, "bytes of texts and constants may be anything");
  await runText(pluginOf({ main: valid }), "echo", { input: "unharmed" });
});

Deno.test("compilePlugin() bounds tables and imported memories that may grow", async () => {
  const main = await compileWat(`(module
    (import "env" "memory" (memory 1))
    (table (export "table") 1 funcref)
    (func (export "grow") (result i32)
      (loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
      (drop (table.grow (ref.null func) (i32.const 10000000)))
      (i32.sub (i32.add (memory.size) (table.size)) (i32.const 33))))`);
  const plugin = pluginOf({ main }, { callBytes: 2 * MIB });
  assert.equal((await runText(plugin, "grow")).text, "", "32 pages, and still one entry");
});

Deno.test("compilePlugin() is what bounds memory: the same module as it came grows on", async () => {
  const main = await compileWat(`(module (memory 1) (func (export "grow") (result i32)
    (drop (memory.grow (i32.const 1000))) (i32.sub (memory.size) (i32.const 1001))))`);
  const grow = new WebAssembly.Instance(new WebAssembly.Module(main)).exports.grow;
  assert.ok(typeof grow === "function");
  assert.equal(grow(), 0, "a thousand pages more, were it not bounded");
  await assert.rejects(runText(pluginOf({ main }, { callBytes: MIB }), "grow"), /ended with code/);
});
