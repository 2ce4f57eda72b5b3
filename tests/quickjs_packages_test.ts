import assert from "node:assert/strict";
import type { JsonValue } from "../spec/json.ts";
import { TestWorld } from "./support/test_world.ts";

/** Calls of pure packages; QuickJS must answer as Deno does, to the byte. */
const CALLS: readonly (readonly [name: string, tool: string, params: JsonValue])[] = [
  ["@tpmjs/tools-html-to-markdown@0.1.0", "htmlToMarkdownTool", {
    html: "<h1>Hello</h1><p>from <b>a tool</b></p><ul><li>one</li></ul>",
  }],
  ["@tpmjs/tools-diff-text-unified@0.2.0", "diffTextUnified", {
    original: "a\nb\nc\n",
    modified: "a\nB\nc\n",
  }],
  ["@agentic/calculator@7.6.9", "calculator", { expr: "(2 + 3) * 4 ^ 2" }],
  ["ms@2.1.3", "default", "2 days"],
  ["slugify@1.6.9", "default", ["Hello, Wörld!", { lower: true }]],
  ["lodash@4.17.21", "groupBy", [[{ k: "a", v: 1 }, { k: "b", v: 2 }, { k: "a", v: 3 }], "k"]],
  ["lodash@4.17.21", "sortBy", [[{ n: 3 }, { n: 1 }, { n: 2 }], "n"]],
  ["marked@18.2.1", "parse", "# Hi *you*\n\n| a | b |\n|---|---|\n| 1 | 2 |"],
  ["js-yaml@4.1.0", "load", "a: [1, 2]\nb: {c: 2020-01-02}"],
  ["js-yaml@4.1.0", "dump", { a: [1, 2], b: { c: "é" } }],
  ["semver@7.8.6", "satisfies", ["1.2.3", "^1.0.0"]],
  ["date-fns@4.1.0", "formatISO", [0]],
  ["date-fns@4.1.0", "intlFormat", [0, { weekday: "long", timeZone: "Asia/Tokyo" }, {
    locale: "de",
  }]],
  ["luxon@3.7.2", "DateTime.fromISO", "2020-01-01T10:00:00Z"],
  ["handlebars@4.7.8", "precompile", "Hi {{name}}"],
  ["sanitize-html@2.17.0", "default", "<script>x</script><b>y</b>"],
  ["validator@13.15.15", "default.isEmail", "a@b.example"],
  ["uuid@11.1.0", "validate", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"],
  ["uuid@11.1.0", "v5", ["hello", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"]],
  ["qs@6.14.0", "parse", "a[b]=c&d[]=1&d[]=2"],
  ["papaparse@5.5.3", "parse", ["a,b\n1,2\n3,4"]],
  ["fast-xml-parser@5.2.5", "XMLValidator.validate", "<a><b/></a>"],
  ["mathjs@14.5.2", "evaluate", "sqrt(3^2 + 4^2)"],
];

Deno.test("pure packages answer in QuickJS as they do in Deno", async (t) => {
  await using world = await TestWorld.open({ realRegistry: true });
  for (const [packageId, name, params] of CALLS) {
    const at = packageId.lastIndexOf("@");
    const [packageName, version] = [packageId.slice(0, at), packageId.slice(at + 1)];
    await t.step(`${packageId} ${name}`, async () => {
      const wish = { packageName, version, name, params };
      const [deno, quickjs] = [
        await world.call({ ...wish, runtime: "deno" }),
        await world.call({ ...wish, runtime: "quickjs" }),
      ];
      assert.equal(quickjs.success, true, JSON.stringify(quickjs));
      assert.equal(deno.success, true, JSON.stringify(deno));
      assert.deepEqual(quickjs.success && quickjs.output, deno.success && deno.output);
    });
  }
});
