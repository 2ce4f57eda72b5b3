import assert from "node:assert/strict";
import type { EgressPort, EgressRequest } from "../../spec/egress.ts";
import { compileAssemblyScript } from "../../tests/support/plugins/compile_assembly_script.ts";
import { compileWat } from "../../tests/support/plugins/compile_wat.ts";
import { COUNT_VOWELS } from "../../tests/support/plugins/count_vowels.ts";
import { pluginOf, runText } from "../../tests/support/plugins/run_plugin.ts";
import { extismWat, samplePlugin } from "../../tests/support/plugins/wat_plugins.ts";

const MIB = 1024 * 1024;
const sample = await samplePlugin();

Deno.test("runExport() runs a plug-in made with Extism's AssemblyScript kit", async () => {
  const plugin = pluginOf({ main: await compileAssemblyScript(COUNT_VOWELS) }, {
    config: { thing: "a setting" },
  });
  const { text } = await runText(plugin, "count_vowels", { input: "Hello, Wörld of plug-ins" });
  assert.deepEqual(JSON.parse(text), { count: 5, config: "a setting", kept: "variable" });
});

Deno.test("runExport() gives input, configuration and log lines to the plug-in", async () => {
  const plugin = pluginOf({ main: sample }, { config: { thing: "configured" } });
  const long = "ä".repeat(200_000);
  assert.equal((await runText(plugin, "echo", { input: long })).text, long);
  assert.equal((await runText(plugin, "echo", { input: "" })).text, "");
  assert.equal((await runText(plugin, "setting")).text, "configured");
  assert.equal((await runText(plugin, "setting", { env: { thing: "sent" } })).text, "sent");
  assert.deepEqual((await runText(plugin, "log")).log, ["info: a line"]);
});

Deno.test("runExport() forgets variables and memory between runs", async () => {
  const plugin = pluginOf({ main: sample });
  assert.equal((await runText(plugin, "count")).text, "11");
  assert.equal((await runText(plugin, "count")).text, "11", "nothing is left of the first run");
});

Deno.test("runExport() tells a plug-in's own error, its code and its trap apart", async () => {
  const plugin = pluginOf({ main: sample });
  await assert.rejects(runText(plugin, "fail"), { message: "it went wrong" });
  await assert.rejects(runText(plugin, "trap"), { message: "Running the plug-in: unreachable" });
  await assert.rejects(runText(plugin, "recurse"), /Maximum call stack size exceeded/);
  const three = await extismWat(`(func (export "three") (result i32) (i32.const 3))`);
  await assert.rejects(runText(pluginOf({ main: three }), "three"), {
    message: "Running three: it ended with code 3",
  });
});

Deno.test("runExport() waits for the network, and for several runs at once", async () => {
  const seen: EgressRequest[] = [];
  const egress: EgressPort = {
    async request(request) {
      seen.push(request);
      await new Promise((resolve) => setTimeout(resolve, 20));
      const body = new Blob([`answer to ${request.url}`]).stream();
      return {
        status: 200,
        statusText: "",
        headers: [],
        url: request.url,
        redirected: false,
        body,
      };
    },
  };
  const plugin = pluginOf({ main: sample });
  const runs = await Promise.all([1, 2, 3].map((n) =>
    runText(plugin, "get", {
      egress,
      input: JSON.stringify({
        url: `https://example.com/${n}`,
        method: "post",
        headers: { a: "b" },
      }),
    })
  ));
  assert.deepEqual(
    runs.map(({ text }) => text),
    [1, 2, 3].map((n) => `answer to https://example.com/${n}`),
  );
  assert.equal(seen[0]?.method, "POST");
  assert.deepEqual(seen[0]?.headers, [["a", "b"]]);
  await assert.rejects(runText(plugin, "get", { egress, input: "{}" }), /the request has no url/);
  await assert.rejects(runText(plugin, "get", { egress, input: "no" }), /the request is no JSON/);
});

Deno.test("runExport() bounds linear memory whatever the module declares", async () => {
  const plugin = pluginOf({ main: sample }, { callBytes: 4 * MIB });
  const { text } = await runText(plugin, "grow");
  assert.equal(text.charCodeAt(0), 4, "64 pages of 64 KiB, in sixteens");
  const declared = pluginOf({ main: sample }, { callBytes: 64 * MIB, memoryBytes: 2 * MIB });
  assert.equal((await runText(declared, "grow")).text.charCodeAt(0), 2, "its author's own bound");
});

Deno.test("runExport() refuses an input and variables that do not fit", async () => {
  const plugin = pluginOf({ main: sample }, { callBytes: MIB });
  await assert.rejects(runText(plugin, "echo", { input: "x".repeat(MIB) }), {
    name: "PluginLimit",
    message: "Passing the input: it does not fit the plug-in's memory",
  });
  const tight = pluginOf({ main: sample }, { maxVarBytes: 8 });
  await assert.rejects(runText(tight, "count"), { name: "PluginLimit" });
});

Deno.test("runExport() never reads beyond the plug-in's own memory", async () => {
  const lies = await extismWat(`
    (func (export "far") (result i32)
      (call $output_set (i64.const 0x7fffffff00000000) (i64.const 16)) (i32.const 0))
    (func (export "long") (result i32)
      (call $output_set (i64.const 1024) (i64.const -1)) (i32.const 0))
    (func (export "peek") (result i32)
      (call $load_u8 (i64.const 0x100000000)) drop (i32.const 0))
    (func (export "bad_key") (result i32)
      (call $put (call $config_get (i64.const -16))) (i32.const 0))
    (func (export "bad_free") (result i32)
      (call $free (i64.const 8)) (call $free (i64.const -1)) (i32.const 0))`);
  const plugin = pluginOf({ main: lies });
  await assert.rejects(runText(plugin, "far"), /out of its bounds/);
  await assert.rejects(runText(plugin, "long"), /out of its bounds/);
  await assert.rejects(runText(plugin, "peek"), /unreachable/);
  assert.equal((await runText(plugin, "bad_key")).text, "");
  assert.equal((await runText(plugin, "bad_free")).text, "");
});

Deno.test("runExport() runs a plain WASI program from its input to its output", async () => {
  const command = await compileWat(`(module
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (import "wasi_snapshot_preview1" "path_open"
      (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 32) "noted\\n")
    (func (export "_start")
      (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 4096))
      (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
      (i32.store (i32.const 4) (i32.load (i32.const 8)))
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
      (i32.store (i32.const 0) (i32.const 32)) (i32.store (i32.const 4) (i32.const 6))
      (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))
      ;; No file can be opened: anything but an error number ends the program with code 9.
      (if (i32.ne (i32.const 8) (call $open (i32.const 3) (i32.const 0) (i32.const 32)
          (i32.const 4) (i32.const 0) (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 64)))
        (then (call $exit (i32.const 9))))
      (call $exit (i32.const 0))))`);
  const { text, log } = await runText(pluginOf({ main: command }), "_start", {
    input: "stdin text",
  });
  assert.equal(text, "stdin text");
  assert.deepEqual(log, ["warn: noted"]);
  await assert.rejects(
    runText(pluginOf({ main: command }), "_start", { input: "too long", outputBytes: 3 }),
    { name: "PluginLimit" },
  );
});

Deno.test("runExport() links the modules of a plug-in to one another", async () => {
  const library = await compileWat(`(module
    (memory (export "memory") 1)
    (func (export "answer") (result i32) (i32.const 42)))`);
  const main = await extismWat(`(func (export "unused"))`);
  const importing = await compileWat(`(module
    (import "library" "answer" (func $answer (result i32)))
    (func (export "run") (result i32) (i32.sub (call $answer) (i32.const 42))))`);
  const plugin = pluginOf({ library, other: main, main: importing });
  assert.equal((await runText(plugin, "run")).text, "");
});
