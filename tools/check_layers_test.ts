import assert from "node:assert/strict";
import { fixtureTree } from "../tests/support/fixture_tree.ts";
import { checkLayers } from "./check_layers.ts";

/** `path:line rule` of each violation in a tree with these files. */
async function violationsOf(files: Record<string, string>): Promise<string[]> {
  await using tree = await fixtureTree(files);
  const violations = await checkLayers(tree.root);
  return violations.map(({ path, line, rule }) => `${path}:${line} ${rule}`).sort();
}

const EMPTY = "export {};\n";
const TARGETS = {
  "spec/tool.ts": EMPTY,
  "registry/catalog.ts": EMPTY,
  "registry/database/database.ts": EMPTY,
  "accounts/authorise.ts": EMPTY,
  "runtime/call_tool.ts": EMPTY,
  "mcp/server.ts": EMPTY,
  "gateway/app.ts": EMPTY,
  "main.ts": EMPTY,
  "deno.json": "{}",
  "engine/open_engine.ts": EMPTY,
  "config.ts": EMPTY,
  "sandboxes/protocol/frame.ts": EMPTY,
  "sandboxes/process/spawn_command.ts": EMPTY,
  "sandboxes/deno/deno_runtime.ts": EMPTY,
  "sandboxes/protocol/messages.ts": EMPTY,
  "sandboxes/guest/find_tool.ts": EMPTY,
  "bridge/bridge_protocol.ts": EMPTY,
  "tests/support/fake.ts": EMPTY,
};

const FORBIDDEN: readonly (readonly [from: string, to: string])[] = [
  ["spec/x.ts", "registry/catalog.ts"],
  ["spec/x.ts", "runtime/call_tool.ts"],
  ["spec/x.ts", "config.ts"],
  ["runtime/x.ts", "registry/catalog.ts"],
  ["runtime/x.ts", "sandboxes/deno/deno_runtime.ts"],
  ["runtime/x.ts", "config.ts"],
  ["registry/x.ts", "runtime/call_tool.ts"],
  ["registry/x.ts", "sandboxes/protocol/frame.ts"],
  ["registry/x.ts", "accounts/authorise.ts"],
  ["accounts/x.ts", "registry/catalog.ts"],
  ["accounts/x.ts", "gateway/app.ts"],
  ["runtime/x.ts", "accounts/authorise.ts"],
  ["sandboxes/deno/x.ts", "runtime/call_tool.ts"],
  ["mcp/x.ts", "gateway/app.ts"],
  ["mcp/x.ts", "sandboxes/deno/deno_runtime.ts"],
  ["gateway/x.ts", "sandboxes/deno/deno_runtime.ts"],
  ["gateway/x.ts", "main.ts"],
  ["gateway/x.ts", "engine/open_engine.ts"],
  ["engine/x.ts", "main.ts"],
  ["runtime/x.ts", "engine/open_engine.ts"],
  ["cli/x.ts", "engine/open_engine.ts"],
  ["bridge/x.ts", "runtime/call_tool.ts"],
  ["sandboxes/quickjs/x.ts", "sandboxes/deno/deno_runtime.ts"],
  ["sandboxes/process/x.ts", "sandboxes/deno/deno_runtime.ts"],
  ["sandboxes/guest/x.ts", "sandboxes/process/spawn_command.ts"],
  ["sandboxes/guest/x.ts", "runtime/call_tool.ts"],
  ["sandboxes/deno/guest.ts", "sandboxes/deno/deno_runtime.ts"],
  ["sandboxes/deno/guest_loop.ts", "sandboxes/process/spawn_command.ts"],
  ["runtime/x.ts", "tests/support/fake.ts"],
  ["elsewhere/x.ts", "spec/tool.ts"],
];

Deno.test("checkLayers() refuses imports against the direction, whatever their form", async () => {
  const forms = [
    (to: string) => `import "${to}";\n`,
    (to: string) => `import type {} from "${to}";\n`,
    (to: string) => `export * from "${to}";\n`,
    (to: string) => `await import("${to}");\n`,
  ];
  const files: Record<string, string> = { ...TARGETS };
  for (const [index, [from, to]] of FORBIDDEN.entries()) {
    const path = from.replace("x.ts", `x${index}.ts`);
    const up = "../".repeat(path.split("/").length - 1);
    files[path] = `// A comment.\n${forms[index % forms.length]?.(`${up}${to}`)}`;
  }
  const expected = FORBIDDEN.map(([from], index) =>
    `${from.replace("x.ts", `x${index}.ts`)}:2 layers`
  );
  assert.deepEqual(await violationsOf(files), expected.sort());
});

Deno.test("checkLayers() refuses everything from outside in spec", async () => {
  const files = { "spec/x.ts": 'import "node:fs";\n', "runtime/x.ts": 'import "node:fs";\n' };
  assert.deepEqual(await violationsOf(files), ["spec/x.ts:1 layers"]);
});

Deno.test("checkLayers() allows imports along the direction", async () => {
  const files = {
    ...TARGETS,
    "runtime/a.ts": 'import "../spec/tool.ts";\nimport "./call_tool.ts";\nimport "node:fs";\n',
    "accounts/a.ts": 'import "../registry/database/database.ts";\nimport "../spec/tool.ts";\n',
    "gateway/c.ts": 'import "../accounts/authorise.ts";\n',
    "gateway/a.ts": 'import "../mcp/server.ts";\nimport "../runtime/call_tool.ts";\n',
    "sandboxes/deno/a.ts":
      'import "../process/spawn_command.ts";\nimport "../guest/find_tool.ts";\n',
    "sandboxes/quickjs/a.ts": 'import "../protocol/messages.ts";\n',
    "sandboxes/deno/guest.ts": 'import "../guest/find_tool.ts";\nimport "../protocol/frame.ts";\n',
    "sandboxes/guest/a.ts": 'import "../../spec/tool.ts";\nimport "../protocol/messages.ts";\n',
    "engine/a.ts":
      'import "../sandboxes/deno/deno_runtime.ts";\nimport "../runtime/call_tool.ts";\n',
    "gateway/b.ts": 'import data from "../deno.json" with { type: "json" };\n',
    "cli/a.ts": 'import "../gateway/app.ts";\nimport "../sandboxes/deno/deno_runtime.ts";\n',
    "runtime/a_test.ts": 'import "../registry/catalog.ts";\nimport "../tests/support/fake.ts";\n',
  };
  assert.deepEqual(await violationsOf(files), []);
});

Deno.test("checkLayers() finds cycles, also of types only, once each", async () => {
  const files = {
    "runtime/a.ts": 'import "./b.ts";\n',
    "runtime/b.ts": '// x\nimport type { C } from "./c.ts";\nexport type B = C;\n',
    "runtime/c.ts": 'import "./a.ts";\nexport type C = 1;\n',
    "spec/self.ts": 'import "./self.ts";\n',
    "spec/good.ts": 'import "./self.ts";\n',
  };
  assert.deepEqual(await violationsOf(files), ["runtime/a.ts:1 cycles", "spec/self.ts:1 cycles"]);
});
