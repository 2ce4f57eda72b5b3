import assert from "node:assert/strict";
import type { JsonObject } from "../spec/json.ts";
import { compileAssemblyScript } from "./support/plugins/compile_assembly_script.ts";
import { compileWat } from "./support/plugins/compile_wat.ts";
import { extismWat, samplePlugin } from "./support/plugins/wat_plugins.ts";
import { describePackage } from "./support/describe_package.ts";
import { TestWorld } from "./support/test_world.ts";

/** Publishes a package of the given files, version 1.0.0. */
async function publish(
  world: TestWorld,
  name: string,
  { packageJson, files }: {
    readonly packageJson: JsonObject;
    readonly files: Readonly<Record<string, string | Uint8Array>>;
  },
): Promise<void> {
  await world.registry.publish({ name, version: "1.0.0", packageJson, files });
}

const GREETER = `
  import { Host } from "@extism/as-pdk/lib/pdk";
  export function myAbort(m: string | null, f: string | null, l: u32, c: u32): void {}
  export function describe(): i32 {
    Host.outputString('{"tools":[{"name":"greet","description":"Greets somebody","inputSchema":' +
      '{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}}]}');
    return 0;
  }
  export function call(): i32 {
    const input = Host.inputString();
    Host.outputString(
      input.includes('"nobody"')
        ? '{"isError":true,"content":[{"type":"text","text":"nobody is there"}]}'
        : '{"got":' + input + '}',
    );
    return 0;
  }`;

Deno.test("a package whose main file is a plug-in runs in Extism", async () => {
  await using world = await TestWorld.open();
  await publish(world, "sample-plugin", {
    packageJson: { main: "plugin.wasm", description: "A plug-in" },
    files: { "plugin.wasm": await samplePlugin() },
  });
  const first = await world.call({
    packageName: "sample-plugin",
    name: "echo",
    params: { a: [1, "é"] },
  });
  assert.equal(first.success, true, JSON.stringify(first));
  assert.deepEqual(first.success && first.output, { a: [1, "é"] });
  assert.deepEqual([first.meta.runtime, first.meta.start], ["extism", "built"]);
  const { manifest } = await describePackage(world, "sample-plugin");
  assert.equal(manifest.form, "wasm");
  assert.ok(manifest.tools.some(({ name }) => name === "count"));
  assert.ok(manifest.otherExports.includes("adds"), "it takes arguments, so it is no tool");
  assert.deepEqual(manifest.runtimes.filter(({ ok }) => ok).map(({ runtime }) => runtime), [
    "extism",
  ]);
  for (let n = 0; n < 2; n++) {
    const again = await world.call({ packageName: "sample-plugin", name: "count" });
    assert.deepEqual([again.success && again.output, again.meta.start], [11, "preloaded"]);
  }
  const wrong = await world.call({ packageName: "sample-plugin", name: "echo", runtime: "deno" });
  assert.equal(!wrong.success && wrong.code, "no_runtime");
  const forever = await world.call({
    packageName: "sample-plugin",
    name: "forever",
    limits: { timeoutMs: 500 },
  });
  assert.equal(!forever.success && forever.code, "deadline_exceeded");
  assert.deepEqual(world.unexpected, []);
});

Deno.test("a plug-in that describes itself offers the tools it lists", async () => {
  await using world = await TestWorld.open();
  await publish(world, "greeter", {
    packageJson: { exports: { ".": { default: "./dist/greeter.wasm" } } },
    files: { "dist/greeter.wasm": await compileAssemblyScript(GREETER) },
  });
  const { manifest } = await describePackage(world, "greeter");
  assert.deepEqual(manifest.tools.map(({ name, description }) => [name, description]), [
    ["greet", "Greets somebody"],
  ]);
  const greeted = await world.call({
    packageName: "greeter",
    name: "greet",
    params: { name: "you" },
  });
  assert.deepEqual(greeted.success && greeted.output, {
    got: { method: "tools/call", params: { name: "greet", arguments: { name: "you" } } },
  });
  const failed = await world.call({
    packageName: "greeter",
    name: "greet",
    params: { name: "nobody" },
  });
  assert.ok(!failed.success);
  assert.deepEqual([failed.code, failed.error], ["tool_error", "nobody is there"]);
  const refused = await world.call({ packageName: "greeter", name: "greet", params: {} });
  assert.equal(!refused.success && refused.code, "invalid_input");
});

Deno.test("a package with an Extism manifest is linked and configured as it says", async () => {
  await using world = await TestWorld.open();
  const library = await compileWat(`(module
    (memory (export "memory") 1) (func (export "zero") (result i32) (i32.const 0)))`);
  const main = await extismWat(
    `(data (i32.const 0) "token")
    (func (export "token") (result i32)
      (call $put (call $config_get (call $block (i32.const 0) (i32.const 5)))) (call $zero))`,
    `(import "numbers" "zero" (func $zero (result i32)))`,
  );
  await publish(world, "manifested", {
    packageJson: {
      airlock: {
        plugin: {
          wasm: [{ name: "numbers", path: "lib.wasm" }, { name: "main", path: "main.wasm" }],
          config: { token: "from the manifest" },
          allowed_hosts: ["api.example.com", "**"],
          timeout_ms: 5_000,
          tools: { token: { description: "Tells its setting", output: "text" } },
        },
      },
    },
    files: { "lib.wasm": library, "main.wasm": main },
  });
  const { manifest } = await describePackage(world, "manifested");
  assert.deepEqual(manifest.needs, {
    net: ["api.example.com"],
    limits: { timeoutMs: 5_000 },
  });
  assert.deepEqual(manifest.env, [{ name: "token", required: false }]);
  assert.deepEqual(manifest.tools.map(({ description }) => description), ["Tells its setting"]);
  assert.ok(manifest.warnings.some((warning) => warning.includes("allowed_hosts: **")));
  const own = await world.call({ packageName: "manifested", name: "token" });
  assert.deepEqual(own.success && own.output, "from the manifest");
  const sent = await world.call({ packageName: "manifested", name: "token", env: { token: "x" } });
  assert.deepEqual(sent.success && sent.output, "x");
});

Deno.test("plug-ins that cannot run are refused with the reason, once and for all", async () => {
  await using world = await TestWorld.open();
  const cases: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
    "wants-system": [
      await compileWat(`(module (import "env" "system" (func)) (func (export "run")))`),
      /nothing here provides function env\.system/,
    ],
    "not-wasm": [new TextEncoder().encode("console.log(1)"), /it is no WebAssembly module/],
    "wants-memory": [await compileWat(`(module (memory 60000))`), /60000 pages|bytes of memory/],
  };
  for (const [name, [module, reason]] of Object.entries(cases)) {
    const packageJson = { main: "p.wasm", tpmjs: { tools: [{ name: "run", description: "" }] } };
    await publish(world, name, { packageJson, files: { "p.wasm": module } });
    const result = await world.call({ packageName: name, name: "run" });
    assert.ok(!result.success);
    assert.equal(result.code, "artifact_failed");
    assert.match(result.error, reason);
  }
});

Deno.test("a manifest cannot name files outside of its package, or other bytes", async () => {
  await using world = await TestWorld.open();
  const module = await samplePlugin();
  const wrong: Readonly<Record<string, JsonObject>> = {
    "climber": { path: "../../../../../../../etc/passwd" },
    "absent": { path: "nowhere.wasm" },
    "other-bytes": { path: "p.wasm", hash: "0".repeat(64) },
    "host-name": { path: "p.wasm", name: "extism:host/env" },
  };
  for (const [name, entry] of Object.entries(wrong)) {
    const packageJson = { airlock: { plugin: { wasm: [entry] } } };
    await publish(world, name, { packageJson, files: { "p.wasm": module } });
    const result = await world.call({ packageName: name, name: "echo" });
    assert.ok(!result.success, name);
    assert.deepEqual([result.code, result.stage], ["artifact_failed", "build"], result.error);
    assert.equal(JSON.stringify(result).includes(world.directory), false);
  }
});
