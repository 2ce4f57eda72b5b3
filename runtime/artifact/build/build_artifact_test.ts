import { deepEqual, doesNotMatch, equal } from "node:assert/strict";
import { createBundler } from "./bundler.ts";
import { ADD_WASM } from "./fixtures/add_wasm.ts";
import { buildAndRun, type Files } from "./fixtures/build_and_run.ts";

Deno.test("buildArtifact() keeps what a module exports", async (t) => {
  await using bundler = createBundler();
  const run = (files: Files, body: string) => buildAndRun(files, { bundler, body });
  await t.step("ES modules: the exact list", async () => {
    const { value } = await run({
      "index.js": `export const a = 1; export { b as "odd name" } from "./b.js"; export default 3;`,
      "b.js": `export const b = 2; export const hidden = 0;`,
    }, "return Object.entries(m).sort()");
    deepEqual(value, [["a", 1], ["default", 3], ["odd name", 2]]);
  });
  await t.step("CommonJS: names through re-exports, and the whole as default", async () => {
    const { value } = await run({
      "index.js": `module.exports = require("./b.js"); module.exports.a = 1;`,
      "b.js": `exports.b = () => 2;`,
    }, "return [Object.keys(m).sort(), m.b(), m.default.a]");
    deepEqual(value, [["a", "b", "default"], 2, 1]);
  });
  await t.step("CommonJS: a function", async () => {
    const { value } = await run({
      "index.js": `module.exports = function f(x) { return x + 1 }; module.exports.extra = 1;`,
    }, "return [m.default(1), m.extra, m.default.name]");
    deepEqual(value, [2, 1, "f"]);
  });
  await t.step("CommonJS compiled from an ES module", async () => {
    const { value } = await run({
      "index.js": `Object.defineProperty(exports, "__esModule", { value: true });
        exports.default = 1; exports.a = 2;`,
    }, "return Object.entries(m).sort()");
    deepEqual(value, [["a", 2], ["default", 1]]);
  });
  await t.step("names of classes and functions", async () => {
    const { value } = await run({
      "index.js": `import "./b.js"; export class Fault extends Error { static s = new Fault() }
        export function f() {}`,
      "b.js": `export class Fault {}; function f() {}; globalThis.x = [Fault, f];`,
    }, "return [m.Fault.name, m.f.name]");
    deepEqual(value, ["Fault", "f"]);
  });
});

Deno.test("buildArtifact() takes TypeScript", async () => {
  await using bundler = createBundler();
  const { value } = await buildAndRun({
    "index.ts": `import { b } from "./b.ts"; export const a: number = b as number;`,
    "b.ts": `export enum E { A = 4 } export const b: unknown = E.A;`,
  }, { bundler, entry: "index.ts", body: "return m.a" });
  equal(value, 4);
});

Deno.test("buildArtifact() routes node built-ins", async () => {
  await using bundler = createBundler();
  const { built, code, value, stderr } = await buildAndRun({
    "index.js":
      `import { get, STATUS_CODES, Agent } from "http"; import * as whole from "node:http";
      import { request } from "https"; import process, { env, cwd } from "process";
      import "./c.cjs"; import late from "./c.cjs"; import { join } from "path";
      const caught = (f) => { try { return f() } catch (e) { return e.message } };
      export const result = [caught(() => get("http://h.test")), caught(() => whole.request("x")),
        STATUS_CODES[404], typeof Agent, typeof request, process === globalThis.process,
        env === globalThis.process.env, typeof cwd, caught(() => late.http.get("x")),
        late.required, join("a", "b")];`,
    "c.cjs":
      `exports.http = require("http"); exports.required = typeof require("node:fs").readFileSync;
      require("process");`,
  }, { bundler, body: "return m.result" });
  deepEqual(value, [
    "patched request",
    "patched request",
    "Not Found",
    "function",
    "function",
    true,
    true,
    "function",
    "patched request",
    "function",
    "a/b",
  ], stderr);
  deepEqual(built.uses.nodeBuiltins, ["fs", "http", "https", "path", "process"]);
  doesNotMatch(code, /createRequire|from "node:process"/);
});

Deno.test("buildArtifact() embeds JSON, text, style sheets and wasm", async () => {
  await using bundler = createBundler();
  const { built, value } = await buildAndRun({
    "index.js": `import plain from "./a.json"; import typed from "./a.json" with { type: "json" };
      import { a } from "./a.json"; import text from "./b.txt"; import css from "./c.css";
      import module, { add } from "./d.wasm"; import bytes from "./d.wasm" with { type: "bytes" };
      export const result = [plain, typed.a, a, text, css, add(2, 3),
        new WebAssembly.Instance(module).exports.add(1, 1), bytes.length];`,
    "a.json": `{"a":1}`,
    "b.txt": "text",
    "c.css": "a{}",
    "d.wasm": ADD_WASM,
  }, { bundler, body: "return m.result" });
  deepEqual(value, [{ a: 1 }, 1, 1, "text", "a{}", 5, 2, ADD_WASM.length]);
  deepEqual(built.uses.globals, ["WebAssembly"]);
});

Deno.test("buildArtifact() takes NODE_ENV from the call where the package declares it", async () => {
  await using bundler = createBundler();
  const files = { "index.js": `export const mode = process.env.NODE_ENV ?? "unset";` };
  const plain = await buildAndRun(files, { bundler, body: "return m.mode" });
  equal(plain.value, "production");
  const declared = await buildAndRun(files, {
    bundler,
    body: "return m.mode",
    fetched: () => ({ packageJson: { tpmjs: { env: [{ name: "NODE_ENV" }] } } }),
  });
  equal(declared.value, "unset");
});

Deno.test("buildArtifact() replaces ai only for files that take its pure helpers", async () => {
  await using bundler = createBundler();
  const real = `export const tool = (t) => ({ real: true, ...t }); export const generateText = 1;`;
  const ai = {
    "node_modules/ai/package.json": `{"type":"module","exports":"./index.js"}`,
    "node_modules/ai/index.js": real,
  };
  const isReal = async (source: string, name = "index.js") => {
    const files: Files = name === "index.js"
      ? { ...ai, "index.js": source }
      : { ...ai, "index.js": `export { t } from "./${name}"`, [name]: source };
    const { value } = await buildAndRun(files, { bundler, body: "return !!m.t.real" });
    return value;
  };
  equal(await isReal(`import { tool } from "ai"; export const t = tool({})`), false);
  equal(
    await isReal(
      `import { tool, generateText } from "ai"; export const t = tool({ generateText })`,
    ),
    true,
  );
  equal(await isReal(`import * as ai from "ai"; export const t = ai.tool({})`), true);
  equal(
    await isReal(
      `var a = __w(require("ai")); function __w(x) { return x }
    exports.t = (0, a.tool)({})`,
      "c.cjs",
    ),
    false,
  );
  equal(
    await isReal(`const { tool, generateText } = require("ai"); exports.t = tool({})`, "c.cjs"),
    true,
  );
  equal(await isReal(`const a = require("ai"); exports.t = a[["tool"][0]]({})`, "c.cjs"), true);
});
