import assert from "node:assert/strict";
import type { JsonValue } from "../../spec/json.ts";
import { compileWat } from "../../tests/support/plugins/compile_wat.ts";
import { pluginOf } from "../../tests/support/plugins/run_plugin.ts";
import { extismWat } from "../../tests/support/plugins/wat_plugins.ts";
import {
  callableExports,
  describesItself,
  listPluginTools,
  routeOf,
} from "./guest_plugin_tools.ts";

const returning = (...names: string[]) =>
  names.map((name) => `(func (export "${name}") (result i32) (i32.const 0))`).join("");

const SELF_DESCRIBING = await extismWat(returning("describe", "call", "direct"));

Deno.test("callableExports() leaves out what belongs to languages, or takes arguments", async () => {
  const main = await extismWat(
    `${
      returning("run", "_initialize", "_start", "__wasm_call_ctors", "hs_init", "asyncify_stop")
    } (func (export "wide") (result i64) (i64.const 0)) (func (export "two") (param i32))
    (func (export "plain"))`,
  );
  assert.deepEqual(callableExports(pluginOf({ main })), ["run", "plain"]);
});

Deno.test("callableExports() takes a program that knows nothing of Extism as one tool", async () => {
  const main = await compileWat(`(module (memory (export "memory") 1)
    (func (export "_start")) (func (export "helper")))`);
  assert.deepEqual(callableExports(pluginOf({ main })), ["_start"]);
  const reactor = await compileWat(`(module (func (export "run")))`);
  assert.deepEqual(callableExports(pluginOf({ main: reactor })), ["run"]);
});

Deno.test("routeOf() finds an export before it asks the plug-in's own dispatcher", () => {
  const plugin = pluginOf({ main: SELF_DESCRIBING }, {
    tools: { direct: { input: "text", output: "base64" } },
  });
  assert.ok(describesItself(plugin));
  assert.deepEqual(routeOf(plugin, "direct"), {
    ...{ exportName: "direct", input: "text", output: "base64", isDispatched: false },
  });
  assert.deepEqual(routeOf(plugin, "listed"), {
    ...{ exportName: "call", input: "json", output: "auto", isDispatched: true },
  });
});

Deno.test("listPluginTools() believes a description, within bounds", () => {
  const plugin = pluginOf({ main: SELF_DESCRIBING });
  let deep: JsonValue = {};
  for (let n = 0; n < 5_000; n++) deep = { properties: deep };
  const { tools, warnings } = listPluginTools(plugin, {
    tools: [
      { name: "a", description: "x".repeat(10_000), inputSchema: { type: "object" } },
      { name: "b", inputSchema: { type: "string" }, outputSchema: { type: "string" } },
      { name: "c", input_schema: { properties: { q: { type: "string" } } } },
      { name: "d", inputSchema: deep, outputSchema: { d: "x".repeat(70_000) } },
      { name: "" },
      { description: "nameless" },
      5,
    ],
  });
  assert.deepEqual(tools.map(({ name }) => name), ["a", "b", "c", "d"]);
  assert.equal(tools[0]?.description.length, 4_000);
  assert.deepEqual(tools[1]?.outputSchema, { type: "string" });
  assert.equal(tools[2]?.inputSchema?.type, "object");
  assert.equal(tools[3]?.outputSchema, null);
  assert.ok(JSON.stringify(tools[3]?.inputSchema ?? null).length < 64 * 1024);
  assert.deepEqual(warnings, []);
  const many = Array.from({ length: 2_000 }, (_, n) => ({ name: `t${n}` }));
  assert.equal(listPluginTools(plugin, many).tools.length, 500);
});

Deno.test("listPluginTools() falls back on exports where a description is none", () => {
  const plugin = pluginOf({ main: SELF_DESCRIBING }, { tools: { absent: {} } });
  const wrong: readonly JsonValue[] = [null, 5, "x", {}, [], { tools: "none" }];
  for (const described of wrong) {
    const { tools, warnings } = listPluginTools(plugin, described);
    assert.deepEqual(tools.map(({ name }) => name), ["direct"]);
    assert.deepEqual(warnings, [
      "What its describe export says was not understood",
      "absent is declared, but not exported as a tool",
    ]);
  }
});
