import assert from "node:assert/strict";
import { assertAnswers, type RealCall } from "./support/assert_answers.ts";
import { describePackage, toolNamed } from "./support/describe_package.ts";
import { TestWorld } from "./support/test_world.ts";

const AI_TOOLS: readonly RealCall[] = [
  {
    packageName: "@tpmjs/tools-html-to-markdown",
    version: "0.1.0",
    name: "htmlToMarkdownTool",
    params: { html: "<h1>Hello</h1><p>from <b>a tool</b></p><ul><li>one</li></ul>" },
    output: { markdown: "# Hello\n\nfrom **a tool**\n\n-   one", wordCount: 6 },
  },
  {
    packageName: "@tpmjs/tools-diff-text-unified",
    version: "0.2.0",
    name: "diffTextUnified",
    params: { original: "a\nb\nc\n", modified: "a\nB\nc\n" },
    output: {
      diff: `${"=".repeat(67)}\n--- original\n+++ modified\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n`,
      additions: 1,
      deletions: 1,
      changes: 2,
      hasChanges: true,
      summary: "1 addition, 1 deletion",
    },
  },
  {
    packageName: "@agentic/calculator",
    version: "7.6.9",
    name: "calculator",
    params: { expr: "(2 + 3) * 4 ^ 2" },
    output: 80,
  },
];

const PLAIN_FUNCTIONS: readonly RealCall[] = [
  // CommonJS whose export is one function.
  { packageName: "ms", version: "2.1.3", name: "default", params: "2 days", output: 172_800_000 },
  {
    packageName: "ms",
    version: "2.1.3",
    name: "default",
    params: [60_000, { long: true }],
    output: "1 minute",
  },
  {
    packageName: "slugify",
    version: "1.6.9",
    name: "default",
    params: ["Hello, Wörld!", { lower: true }],
    output: "hello-world!",
  },
  // CommonJS with many exports, one big file.
  {
    packageName: "lodash",
    version: "4.17.21",
    name: "groupBy",
    params: [[{ k: "a", v: 1 }, { k: "b", v: 2 }, { k: "a", v: 3 }], "k"],
    output: { a: [{ k: "a", v: 1 }, { k: "a", v: 3 }], b: [{ k: "b", v: 2 }] },
  },
  {
    packageName: "marked",
    version: "18.2.1",
    name: "parse",
    params: "# Hi *you*",
    output: "<h1>Hi <em>you</em></h1>\n",
  },
  {
    packageName: "js-yaml",
    version: "4.1.0",
    name: "load",
    params: "a: 1\nb: [x, y]\nwhen: 2020-01-02\n",
    output: { a: 1, b: ["x", "y"], when: "2020-01-02T00:00:00.000Z" },
  },
  {
    packageName: "js-yaml",
    version: "4.1.0",
    name: "dump",
    params: { a: [1, { b: "c" }] },
    output: "a:\n  - 1\n  - b: c\n",
  },
  {
    packageName: "cheerio",
    version: "1.2.0",
    name: "merge",
    params: [[1, 2], [3]],
    output: [1, 2, 3],
  },
  {
    packageName: "mathjs",
    version: "15.2.0",
    name: "evaluate",
    params: "sqrt(3^2 + 4^2)",
    output: 5,
  },
  // An instance of a class that has a JSON form of its own.
  {
    packageName: "mathjs",
    version: "15.2.0",
    name: "evaluate",
    params: "[1,2;3,4] * [1;1]",
    output: { mathjs: "DenseMatrix", data: [[3], [7]], size: [2, 1] },
  },
];

const BIG_PACKAGES: readonly RealCall[] = [
  // Looks at the host name while it loads.
  {
    packageName: "ai",
    version: "6.0.326",
    name: "cosineSimilarity",
    params: [[1, 0], [1, 0]],
    output: 1,
  },
  // A deep tree of dependencies with CommonJS and ES modules mixed.
  {
    packageName: "svgo",
    version: "4.1.0",
    name: "optimize",
    params: [
      '<svg xmlns="http://www.w3.org/2000/svg"><!-- c --><rect width="10" height="10"/></svg>',
    ],
    output: { data: '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h10v10H0z"/></svg>' },
  },
  // Generated code, nine megabytes of it.
  {
    packageName: "sass",
    version: "1.108.2",
    name: "compileString",
    params: [".a { .b { color: red; } }"],
    output: { css: ".a .b {\n  color: red;\n}", loadedUrls: [] },
  },
];

Deno.test("published AI SDK tools give the right answers, cold and warm", () =>
  assertAnswers(AI_TOOLS));

Deno.test("published plain functions give the right answers, cold and warm", () =>
  assertAnswers(PLAIN_FUNCTIONS));

Deno.test("published packages with much code give the right answers, cold and warm", () =>
  assertAnswers(BIG_PACKAGES));

Deno.test("a published tool of statistics gives an answer within its definition", async () => {
  await using world = await TestWorld.open({ realRegistry: true });
  const result = await world.call({
    packageName: "@tpmjs/tools-bootstrap-ci",
    version: "0.2.0",
    name: "bootstrapCITool",
    params: { data: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], iterations: 500 },
  });
  assert(result.success, JSON.stringify(result));
  const { mean, lower, upper, iterations, sampleSize } = result.output as Record<string, number>;
  assert.deepEqual({ mean, iterations, sampleSize }, {
    mean: 5.5,
    iterations: 500,
    sampleSize: 10,
  });
  assert(1 < lower! && lower! < 5.5 && 5.5 < upper! && upper! < 10, `${lower} to ${upper}`);
});

Deno.test("packages that cannot be one file run as a tree", async () => {
  await using world = await TestWorld.open({ realRegistry: true });
  const jsdom = await describePackage(world, "jsdom", "27.0.0");
  assert.equal(jsdom.manifest.form, "tree");
  const date = await world.call({
    packageName: "jsdom",
    version: "27.0.0",
    name: "toughCookie.parseDate",
    params: ["Tue, 18 Oct 2011 07:05:03 GMT"],
  });
  assert.deepEqual(date.success && date.output, "2011-10-18T07:05:03.000Z", JSON.stringify(date));
  const prettier = await world.call({
    packageName: "prettier",
    version: "3.10.1",
    name: "format",
    params: ["const a={b:1}", { parser: "babel" }],
  });
  assert.deepEqual(prettier.success && prettier.output, "const a = { b: 1 };\n");
});

Deno.test("describe shows the schemas of published tools", async () => {
  await using world = await TestWorld.open({ realRegistry: true });
  const html = await describePackage(world, "@tpmjs/tools-html-to-markdown", "0.1.0");
  const { inputSchema, shape, schemaStrategy, description } = toolNamed(html, "htmlToMarkdownTool");
  assert.deepEqual({ shape, schemaStrategy }, { shape: "ai-tool", schemaStrategy: "ai-sdk" });
  assert.match(description, /Convert HTML to markdown/);
  assert.deepEqual(inputSchema?.required, ["html"]);
  const zod = await describePackage(world, "@agentic/calculator", "7.6.9");
  assert.deepEqual(toolNamed(zod, "calculator").inputSchema, {
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "object",
    properties: { expr: { type: "string", description: "mathematical expression to evaluate" } },
    required: ["expr"],
    additionalProperties: false,
  });
  const plain = await describePackage(world, "ms", "2.1.3");
  assert.equal(toolNamed(plain, "default").inputSchema, null);
});

Deno.test("results and failures of published packages say what is wrong, and where", async () => {
  await using world = await TestWorld.open({ realRegistry: true });
  const result = await world.call({
    packageName: "cheerio",
    version: "1.2.0",
    name: "load",
    params: "<p>hi</p>",
  });
  assert(!result.success);
  assert.deepEqual([result.code, result.stage], ["tool_error", "encode"]);
  assert.match(result.error, /a function is not JSON at \$/);
  const thrown = await world.call({
    packageName: "js-yaml",
    version: "4.1.0",
    name: "load",
    params: "a: [1",
  });
  assert(!thrown.success);
  assert.deepEqual([thrown.code, thrown.details?.name], ["tool_error", "YAMLException"]);
  const refused = await world.call({
    packageName: "@tpmjs/tools-html-to-markdown",
    version: "0.1.0",
    name: "htmlToMarkdownTool",
    params: { html: 5 },
  });
  assert(!refused.success);
  assert.equal(refused.code, "invalid_input");
  assert.match(refused.error, /html/);
  const absent = await world.call({ packageName: "ms", version: "2.1.3", name: "parseAll" });
  assert(!absent.success);
  assert.equal(absent.code, "tool_not_found");
  assert.match(absent.suggestion ?? "", /default/);
});
