import assert from "node:assert/strict";
import type { JsonObject } from "../../spec/json.ts";
import type { ToolDefinition } from "../../spec/tool.ts";
import { makeManifest } from "./manifest.ts";
import { MANIFEST_SCHEMA } from "./manifest_schema.ts";

function tool(name: string, members: Partial<ToolDefinition> = {}): ToolDefinition {
  return {
    name,
    description: "",
    shape: "ai-tool",
    inputSchema: null,
    outputSchema: null,
    schemaStrategy: "none",
    warnings: [],
    ...members,
  };
}

function manifestOf(packageJson: JsonObject, tools: readonly ToolDefinition[] = [tool("echo")]) {
  const manifest = makeManifest({
    resolved: { source: "npm", packageName: "sample", version: "1.0.0" },
    packageJson,
    built: {
      form: "bundle",
      entry: "bundle.mjs",
      uses: { nodeBuiltins: ["fs"], globals: ["fetch"], env: ["KEY"] },
      warnings: ["built oddly"],
    },
    report: { tools, otherExports: ["VERSION"], warnings: ["probed oddly"] },
    verdicts: [{ runtime: "deno", ok: true }],
  });
  // Whatever a package says, the result can be stored and read again.
  assert.deepEqual(MANIFEST_SCHEMA.parse(JSON.parse(JSON.stringify(manifest))), manifest);
  return manifest;
}

Deno.test("makeManifest() keeps what build and probe found", () => {
  const manifest = manifestOf({ description: "Says it back" });
  assert.equal(manifest.description, "Says it back");
  assert.equal(manifest.entry, "bundle.mjs");
  assert.deepEqual(manifest.otherExports, ["VERSION"]);
  assert.deepEqual(manifest.uses.env, ["KEY"]);
  assert.deepEqual(manifest.runtimes, [{ runtime: "deno", ok: true }]);
  assert.deepEqual(manifest.warnings, ["built oddly", "probed oddly"]);
});

Deno.test("makeManifest() fills what the code leaves open from the tpmjs field", () => {
  const schema = { type: "object", properties: { x: { type: "string" } } };
  const manifest = manifestOf({
    tpmjs: {
      category: "text",
      tools: [
        { exportName: "second", description: "The second", parameters: schema },
        { name: "first", description: "Not needed", parameters: schema },
      ],
      env: [
        { name: "API_KEY", description: "The key" },
        { name: "REGION", required: false, default: "eu" },
      ],
    },
  }, [
    tool("other"),
    tool("first", { description: "Own words", inputSchema: {}, schemaStrategy: "zod4" }),
    tool("second"),
  ]);
  assert.equal(manifest.category, "text");
  assert.deepEqual(manifest.tools.map(({ name }) => name), ["second", "first", "other"]);
  const [second, first, other] = manifest.tools;
  assert.deepEqual([second?.description, second?.schemaStrategy, second?.inputSchema], [
    "The second",
    "package",
    schema,
  ]);
  assert.deepEqual([first?.description, first?.schemaStrategy], ["Own words", "zod4"]);
  assert.equal(other?.inputSchema, null);
  assert.deepEqual(manifest.env, [
    { name: "API_KEY", description: "The key", required: true },
    { name: "REGION", required: false, default: "eu" },
  ]);
});

Deno.test("makeManifest() describes an only tool by its package", () => {
  assert.equal(manifestOf({ description: "All of it" }).tools[0]?.description, "All of it");
  const two = manifestOf({ description: "All of it" }, [tool("a"), tool("b")]);
  assert.deepEqual(two.tools.map(({ description }) => description), ["", ""]);
});

Deno.test("makeManifest() warns of declared tools that are not there", () => {
  const { warnings } = manifestOf({ tpmjs: { tools: [{ name: "ghost" }] } });
  assert.match(warnings.at(-1) ?? "", /ghost/);
});

Deno.test("makeManifest() reads what the airlock field asks for", () => {
  const needs = {
    net: ["api.example.com", "*.example.org", "example.net:8443"],
    fs: "tmp",
    limits: { timeoutMs: 5000 },
    runtime: "quickjs",
    fallbacks: ["deno"],
    constraints: { minIsolation: "rlimits", maxColdMs: 50, needs: ["pristine"] },
    pure: true,
    concurrent: true,
  };
  const { net, fs, ...rest } = needs;
  const manifest = manifestOf({ airlock: { permissions: { net, fs }, ...rest } });
  assert.deepEqual(manifest.needs, needs);
  assert.deepEqual(manifestOf({}).needs, {});
  const newer = manifestOf({ airlock: { preferred: "extism", runtime: "deno" } });
  assert.deepEqual(newer.needs, { runtime: "extism" });
});

const HOSTILE: readonly JsonObject[] = [
  { tpmjs: null },
  { tpmjs: true },
  { tpmjs: [] },
  { tpmjs: { category: {}, tools: "all", env: 5, frameworks: [1] } },
  { tpmjs: { tools: [null, 1, [], {}, { name: "" }, { name: "x".repeat(1e5) }] } },
  { tpmjs: { tools: Array.from({ length: 10_000 }, () => ({ name: "a" })) } },
  { tpmjs: { env: [{ name: "a b" }, { name: "X=1" }, null, "", "PATH\n"] } },
  { tpmjs: { tools: [{ name: "__proto__" }, { name: "constructor", description: {} }] } },
  { airlock: null },
  { airlock: "please" },
  { airlock: { permissions: "all", limits: [], runtime: "bash", pure: "yes", concurrent: 1 } },
  {
    airlock: { preferred: "bash", fallbacks: "deno", constraints: { needs: ["x"], maxColdMs: -1 } },
  },
  { airlock: { permissions: { net: ["http://x/", "a b", "*", "*.*.x", ""], fs: "all" } } },
  { airlock: { limits: { timeoutMs: -1, memoryBytes: 1e400, outputBytes: "1", logBytes: 0.5 } } },
  { description: ["x"], tpmjs: { tools: [{ name: "a", description: "y".repeat(1e6) }] } },
];

for (const [index, packageJson] of HOSTILE.entries()) {
  Deno.test(`makeManifest() survives odd package.json ${index} with a warning, granting nothing`, () => {
    const manifest = manifestOf(packageJson);
    assert.deepEqual(manifest.needs, {});
    assert.deepEqual(manifest.env, []);
    assert(manifest.warnings.length > 2, "says what was left out");
    assert(manifest.warnings.length <= 100);
    assert(JSON.stringify(manifest).length < 50_000);
  });
}
