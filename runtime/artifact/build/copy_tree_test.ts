import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { createBundler } from "./bundler.ts";
import { tempFiles } from "./fixtures/temp_files.ts";
import { buildAndRun, type Files } from "./fixtures/build_and_run.ts";

Deno.test("buildArtifact() keeps packages that read files beside themselves as trees", async (t) => {
  await using bundler = createBundler();
  const cases: Record<string, Files> = {
    "__dirname": {
      "index.js": `const fs = require("fs"), path = require("path");
        exports.text = fs.readFileSync(path.join(__dirname, "a.txt"), "utf8");`,
    },
    "import.meta.url": {
      "package.json": `{"type":"module"}`,
      "index.js": `import { readFileSync } from "node:fs";
        export const text = readFileSync(new URL("./a.txt", import.meta.url), "utf8");`,
    },
    "require.resolve": {
      "index.js": `exports.text = require("fs").readFileSync(require.resolve("./a.txt"), "utf8");`,
    },
    "computed require": {
      "index.js": `const name = ["./b", "js"].join("."); module.exports = require(name);`,
    },
    "createRequire": {
      "package.json": `{"type":"module"}`,
      "index.js": `import { createRequire } from "node:module";
        export const { text } = createRequire(import.meta.url)("./b.json");`,
    },
  };
  for (const [name, files] of Object.entries(cases)) {
    await t.step(name, async () => {
      const all: Files = {
        "package.json": `{"name":"p"}`,
        "a.txt": "beside",
        "b.js": `module.exports = "beside"`,
        "b.json": `{"text":"beside"}`,
        "README.md": "x",
        "node_modules/addon/a.node": "x",
        ...files,
      };
      const installed = Object.entries(all).map(([path, text]) => [`node_modules/p/${path}`, text]);
      const { built, value, stderr } = await buildAndRun(Object.fromEntries(installed), {
        bundler,
        entry: "node_modules/p/index.js",
        body: "return m.text ?? m.default.text ?? m.default",
        move: true,
      });
      equal(built.form, "tree");
      equal(value, "beside", stderr);
      match(built.warnings.join(), /Kept as a tree/);
    });
  }
  await t.step("but not those that only know where they are", async () => {
    const { built, value } = await buildAndRun({
      "index.js": `exports.where = __dirname; exports.kind = typeof __filename;`,
    }, { bundler, body: "return [typeof m.where, m.kind]" });
    equal(built.form, "bundle");
    deepEqual(value, ["string", "string"]);
  });
});

Deno.test("a tree reads nothing beside itself, whatever it imports", async (t) => {
  await using bundler = createBundler();
  await using outside = await tempFiles({ "s.txt": "TOP", "s.js": "export default 'TOP'" });
  const evil: Record<string, string> = {
    "static text":
      `import s from "${outside.directory}/s.txt" with { type: "text" }; export { s };`,
    "static file URL": `export { default as s } from "file://${outside.directory}/s.js";`,
    "literal dynamic": `export const s = (await import("${outside.directory}/s.js")).default;`,
    "relative": `export { default as s } from "../../../../../../../..${outside.directory}/s.js";`,
    "npm": `export { default as s } from "npm:ms@2.1.3";`,
    "require": `import { createRequire } from "node:module";
      export const s = createRequire(import.meta.url)("${outside.directory}/s.js");`,
    "read": `import { readFileSync } from "node:fs";
      export const s = readFileSync("${outside.directory}/s.txt", "utf8");`,
  };
  for (const [name, code] of Object.entries(evil)) {
    await t.step(name, async () => {
      const { built, value } = await buildAndRun({
        "node_modules/p/package.json": `{"type":"module"}`,
        "node_modules/p/index.js": `import { createRequire } from "node:module";
          export const { name } = createRequire(import.meta.url)("./package.json");
          const evil = "./evil"; export const load = () => import(evil + ".js");`,
        "node_modules/p/evil.js": code,
      }, {
        bundler,
        entry: "node_modules/p/index.js",
        body: `return await m.load().then((x) => x.s, (e) => [e.name, e.message].join(": "))`,
      });
      equal(built.form, "tree");
      match(String(value), /^(?:NotCapable|TypeError|Error): /);
      doesNotMatch(String(value), /TOP/);
    });
  }
});
