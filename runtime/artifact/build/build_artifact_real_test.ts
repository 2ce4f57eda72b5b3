import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import type { BuiltArtifact } from "../../../spec/artifact.ts";
import { buildArtifact } from "./build_artifact.ts";
import { createBundler } from "./bundler.ts";
import { fetchedPackage } from "./fixtures/fetched_package.ts";
import { installPackages } from "./fixtures/install_packages.ts";
import { loadLockedDown } from "./fixtures/load_locked_down.ts";
import { tempFiles } from "./fixtures/temp_files.ts";

interface Case {
  readonly name: string;
  readonly version: string;
  /** Path of the entry in the package. */
  readonly entry: string;
  /** What to do with the loaded module `m`. */
  readonly body: string;
  readonly expected: unknown;
  readonly form?: "tree";
  readonly check?: (built: BuiltArtifact, sizeBytes: number) => void;
}

const CASES: readonly Case[] = [
  {
    name: "@tpmjs/tools-html-to-markdown",
    version: "0.1.0",
    entry: "dist/index.js",
    body: `const [tool] = Object.values(m);
      return [Object.getOwnPropertySymbols(tool.inputSchema).map(String),
        (await tool.execute({ html: "<h1>Hi <b>you</b></h1>" })).markdown];`,
    expected: [
      ["Symbol(vercel.ai.schema)", "Symbol(vercel.ai.validator)"],
      "# Hi **you**",
    ],
    check: (built, sizeBytes) => {
      deepEqual(built.uses.nodeBuiltins, []);
      ok(sizeBytes < 600_000, `the real ai package is in it: ${sizeBytes}`);
    },
  },
  {
    name: "@agentic/calculator",
    version: "7.6.9",
    entry: "dist/index.js",
    body: `return [Object.keys(m), await m.calculator.execute({ expr: "2 * (3 + 4)" })];`,
    expected: [["CalculatorInputSchema", "calculator"], 14],
  },
  {
    name: "ms",
    version: "2.1.3",
    entry: "index.js",
    body: `return [m.default("2 days"), typeof m.default]`,
    expected: [172800000, "function"],
  },
  {
    name: "slugify",
    version: "1.6.9",
    entry: "slugify.js",
    body: `return m.default("Grüße aus Köln", { lower: true })`,
    expected: "grusse-aus-koln",
  },
  {
    name: "marked",
    version: "18.2.1",
    entry: "lib/marked.esm.js",
    body: `return m.marked("*a*").trim()`,
    expected: "<p><em>a</em></p>",
  },
  {
    name: "js-yaml",
    version: "5.5.0",
    entry: "dist/js-yaml.cjs.js",
    body: `return [m.load("a: [1, 2]"), m.default.dump({ b: 1 })]`,
    expected: [{ a: [1, 2] }, "b: 1\n"],
  },
  {
    name: "cheerio",
    version: "1.2.0",
    entry: "dist/esm/index.js",
    body: `return m.load("<ul><li>x</li></ul>")("li").text()`,
    expected: "x",
  },
  {
    name: "mathjs",
    version: "15.2.0",
    entry: "lib/esm/index.js",
    body: `return m.evaluate("sqrt(16) + 2^3")`,
    expected: 12,
  },
  {
    name: "axios",
    version: "1.21.1",
    entry: "index.js",
    body: `return [typeof m.default.get, m.AxiosError.name,
      await m.default.get("http://127.0.0.1:9/", { proxy: false }).catch((e) => e.message)]`,
    expected: ["function", "AxiosError", "patched request"],
    check: (built) => ok(built.uses.nodeBuiltins.includes("http")),
  },
  {
    name: "node-fetch",
    version: "3.3.2",
    entry: "src/index.js",
    body: `return await m.default("http://127.0.0.1:9/").catch((e) => e.message)`,
    expected: "patched request",
  },
  {
    name: "firecrawl-aisdk",
    version: "0.12.0",
    entry: "dist/index.js",
    body: `return Object.keys(m).includes("scrape")`,
    expected: true,
    check: (built) => ok(built.uses.env.includes("FIRECRAWL_API_KEY"), String(built.uses.env)),
  },
  {
    name: "jsdom",
    version: "31.0.1",
    entry: "lib/api.js",
    form: "tree",
    body: `return new m.JSDOM("<title>hi</title>").window.document.title`,
    expected: "hi",
    check: (built) => match(built.warnings.join(), /Kept as a tree/),
  },
];

Deno.test("buildArtifact() makes real packages loadable without permissions", async (t) => {
  await using bundler = createBundler();
  for (const { name, version, entry, body, expected, form, check } of CASES) {
    await t.step(name, async () => {
      await using installed = await installPackages({ [name]: version });
      await using out = await tempFiles();
      const path = join(installed.directory, "node_modules", name, entry);
      const built = await buildArtifact(fetchedPackage(installed.directory, path), {
        bundler,
        outDirectory: out.directory,
        signal: AbortSignal.timeout(60_000),
      });
      equal(built.form, form ?? "bundle", built.warnings.join());
      const { size } = await Deno.stat(join(out.directory, built.entry));
      check?.(built, size);
      const loaded = await loadLockedDown({ built, outDirectory: out.directory, body });
      deepEqual(loaded.value, expected, JSON.stringify(loaded));
    });
  }
});
