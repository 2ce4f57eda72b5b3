import assert from "node:assert/strict";
import { fixtureTree } from "../tests/support/fixture_tree.ts";
import { checkStyle, readMachineFacts } from "./check_style.ts";

const HOST = "registry.internal.example";
const FACTS = { registryHost: HOST, machinePaths: ["/opt/checkout"] };

/** `path:line rule` of each violation in a tree with these files. */
async function violationsOf(files: Record<string, string>): Promise<string[]> {
  await using tree = await fixtureTree(files);
  const violations = await checkStyle(tree.root, FACTS);
  return violations.map(({ path, line, rule }) => `${path}:${line} ${rule}`);
}

/** Code that breaks a rule on line 2 of a file of the runtime, by rule. */
const BAD: readonly (readonly [rule: string, line: string])[] = [
  ["no-any", "const x: any = 1;"],
  ["no-any", "function f(x: Map<string, any[]>) {}"],
  ["no-double-cast", "const x = 1 as unknown as string;"],
  ["no-double-cast", "const x = (y as unknown) as string;"],
  ["empty-catch", "try { f(); } catch {}"],
  ["empty-catch", "try { f(); } catch (error) { /* no */ }"],
  ["empty-catch", "promise.catch(() => {});"],
  ["unfinished", `// ${"TO"}DO: later`],
  ["unfinished", `/* ${"FIX"}ME */`],
  ["environment", 'const x = Deno.env.get("X");'],
  ["environment", "const x = process.env.X;"],
  ["environment", 'import { env as e } from "node:process";'],
  ["module-state", "let count = 0;"],
  ["module-state", "const cache = new Map<string, number>();"],
  ["module-state", "const list: string[] = [];"],
  ["module-state", "setInterval(tick, 1000);"],
  ["parameters", "/** x */ export function f(a: string, b: string, c: string) {}"],
  ["parameters", "/** x */ export function f(a: A, b: B, c: C, d: D) {}"],
  ["parameters", "/** x */ export const f = (a: A, b: B, c: () => void) => {};"],
  ["jsdoc", "export function f() {}"],
  ["jsdoc", "export interface F {}"],
  ["jsdoc", "export const F = 1;"],
  ["jsdoc", "// Not for readers\nexport type F = 1;"],
  ["error-message", 'if (error.message === "x") f();'],
  ["error-message", 'const x = err.message.includes("404");'],
  ["error-message", "const x = /404/.test(cause.message);"],
  ["error-message", "switch (parseError.message) {}"],
  ["error-wording", 'throw new AirlockError("internal", "Doing: it broke.");'],
  ["registry-host", `const x = "https://${HOST}/x";`],
  ["machine-path", 'const x = "/opt/checkout/main.ts";'],
  ["machine-path", 'const x = "/tmp/x";'],
];

for (const [index, [rule, line]] of BAD.entries()) {
  Deno.test(`checkStyle() finds ${rule} (${index})`, async () => {
    const found = await violationsOf({
      "runtime/bad.ts": `import "node:fs";\n${line}\n`,
      "runtime/bad_test.ts": "",
    });
    const at = line.includes("\n") ? 3 : 2;
    assert.deepEqual(found, [`runtime/bad.ts:${at} ${rule}`]);
  });
}

const GOOD: readonly string[] = [
  'const any = "any"; // any word, as unknown as such',
  "const x = 1 as unknown;",
  "try { f(); } catch {\n  // It was only a guess.\n}",
  "try { f(); } catch (error) { throw error; }",
  "// Its end is told by `exited`.\npromise.catch(() => {});",
  `const x = "${"TO"}DO";`,
  "const table = new Map([[1, 2]]);",
  "const none: ReadonlySet<string> = new Set();",
  "function f() { let count = 0; return count; }",
  "/** x */\nexport function f(a: string, b: string, { c }: { c: string }) {}",
  "/** x */\nexport function f(a: string, b: string, options: Options) {}",
  "/** x */\nexport class F { #f(a: A, b: B, c: string, d: D) {} }",
  "function f(a: A, b: B, c: string, d: D) {}",
  "/** x */\nexport function f(a: 1): void;\nexport function f(a: 2): void;",
  "/** All of them. */\nexport const A = 1;\nexport const B = 2;",
  'if (entry.message === "x") f();',
  "report(error.message);",
  'new AirlockError("internal", "Doing: it broke", { suggestion: "Do it again." });',
  "const x = `${directory}/tmp/x`;",
  "new Deno.Command(x, { env: { A: b } });",
];

for (const [index, text] of GOOD.entries()) {
  Deno.test(`checkStyle() has nothing against good code (${index})`, async () => {
    const files = { "runtime/good.ts": `${text}\n`, "runtime/good_test.ts": "" };
    assert.deepEqual(await violationsOf(files), []);
  });
}

Deno.test("checkStyle() judges names and files as a whole", async () => {
  const long = "f();\n".repeat(351);
  const found = await violationsOf({
    "runtime/index.ts": "",
    "runtime/mod.ts": "",
    "runtime/camelCase.ts": "",
    "runtime/kebab-case.ts": "",
    "runtime/barrel.ts": 'import { a } from "./a.ts";\nexport { a };\nexport * from "./b.ts";\n',
    "runtime/long.ts": long,
    "runtime/long_test.ts": "",
    "runtime/excused.ts": `// The table of a standard.\n${long}`,
    "runtime/excused_test.ts": "",
    "runtime/alone.ts": "function f() {}\n",
  });
  assert.deepEqual(found.sort(), [
    ".:0 length",
    "runtime/alone.ts:0 test-missing",
    "runtime/barrel.ts:0 barrel",
    "runtime/camelCase.ts:0 file-name",
    "runtime/index.ts:0 file-name",
    "runtime/kebab-case.ts:0 file-name",
    "runtime/long.ts:0 length",
    "runtime/mod.ts:0 file-name",
  ]);
});

Deno.test("checkStyle() counts a part as tested with what it is a part of", async () => {
  const found = await violationsOf({
    "runtime/whole.ts":
      'import "./part.ts";\nimport "./below/deep.ts";\nimport "../mcp/other.ts";\n',
    "runtime/whole_test.ts": "",
    "runtime/part.ts": "function f() {}\n",
    "runtime/below/deep.ts": "function f() {}\n",
    "runtime/named.ts": "function f() {}\n",
    "tests/other_test.ts": 'import "../runtime/named.ts";\n',
    "mcp/other.ts": "function f() {}\n",
    "spec/types.ts": "/** x */\nexport type X = 1;\n",
    "tests/support/world.ts": 'import "../../engine/open.ts";\n',
    "tests/world_test.ts": 'import "./support/world.ts";\n',
    "engine/open.ts": 'import "../sandboxes/a/runtime.ts";\n function f() {}\n',
    "tests/a_test.ts": 'import "../sandboxes/a/runtime.ts";\n',
    "sandboxes/a/runtime.ts": 'const program = "guest.ts";\nfunction f() {}\n',
    "sandboxes/a/guest.ts": 'import "../shared/loop.ts";\nrun();\n',
    "sandboxes/shared/loop.ts": "function f() {}\n",
    "sandboxes/shared/lost.ts": "function f() {}\n",
  });
  assert.deepEqual(found.sort(), [
    "mcp/other.ts:0 test-missing",
    "sandboxes/shared/lost.ts:0 test-missing",
  ]);
});

Deno.test("checkStyle() wants tests that run", async () => {
  const found = await violationsOf({
    "runtime/x_test.ts": [
      'Deno.test.only("a", f);',
      'Deno.test({ name: "b", only: true, fn });',
      'Deno.test.ignore("c", f);',
      'Deno.test({ name: "d", ignore: true, fn });',
      'Deno.test({ name: "e", sanitizeOps: false, fn });',
      "// The library keeps a timer for its own life.",
      'Deno.test({ name: "f", sanitizeResources: false, fn });',
      'Deno.test({ name: "g", ignore: false, sanitizeOps: true, fn });',
    ].join("\n"),
  });
  assert.deepEqual(found, [
    "runtime/x_test.ts:1 test-only",
    "runtime/x_test.ts:2 test-only",
    "runtime/x_test.ts:3 test-switched-off",
    "runtime/x_test.ts:4 test-switched-off",
    "runtime/x_test.ts:5 test-switched-off",
  ]);
});

Deno.test("checkStyle() lets config.ts, guests, tests and tools read the environment", async () => {
  const reads = 'const x = Deno.env.get("X");\n';
  const found = await violationsOf({
    "config.ts": reads,
    "config/x.ts": reads,
    "sandboxes/guest/x.ts": reads,
    "sandboxes/deno/guest_env.ts": reads,
    "runtime/x_test.ts": reads,
    "tools/x.ts": reads,
    "bench/x.ts": reads,
  });
  assert.deepEqual(found, ["config/x.ts:1 environment"]);
});

Deno.test("checkStyle() reads documents too, and nothing of others", async () => {
  const found = await violationsOf({
    "README.md": `# x\n\nSee ${HOST}.\n`,
    "node_modules/x/index.js": `let x: any = "${HOST}";\n`,
    "image.bin": HOST,
  });
  assert.deepEqual(found, ["README.md:3 registry-host"]);
});

Deno.test("checkStyle() accepts an exception with a reason, not one without", async () => {
  const found = await violationsOf({
    "runtime/x.ts": [
      'import "node:fs";',
      'import "node:path";',
      'import "node:url";',
      "// style-ok no-any: the library's own type is any",
      "const a: any = 1;",
      "// style-ok no-any:",
      "const b: any = 1;",
      "// style-ok jsdoc: another rule entirely",
      "const c: any = 1;",
    ].join("\n"),
    "runtime/y.ts":
      "// style-ok no-any: a table of any\nconst a: any = 1;\n\n\n\nconst b: any = 1;\n",
  });
  assert.deepEqual(found, ["runtime/x.ts:7 no-any", "runtime/x.ts:9 no-any"]);
});

Deno.test("readMachineFacts() asks npm for its host and names the checkout", async () => {
  const { registryHost, machinePaths } = await readMachineFacts("/srv/projects/airlock");
  assert(registryHost === undefined || /^[\w.-]+(:\d+)?$/.test(registryHost));
  assert(machinePaths.includes("/srv/projects/airlock"));
  assert(machinePaths.includes("/srv/projects"));
});

Deno.test("readMachineFacts() leaves out what every machine has", async () => {
  const { machinePaths } = await readMachineFacts("/tmp/airlock");
  assert(machinePaths.includes("/tmp/airlock"));
  assert(!machinePaths.includes("/tmp"));
});
