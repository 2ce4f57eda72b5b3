import assert from "node:assert/strict";
import { build, stop } from "esbuild";
import { withoutNaturalNames } from "./natural_names.ts";
import { parseModule } from "./syntax_tree.ts";

const HELPER = `var __defProp = Object.defineProperty;
var __name = (target, value) => __defProp(target, "name", { value, configurable: !0 });
`;

function strip(code: string): string {
  const text = HELPER + code;
  const stripped = withoutNaturalNames(text, parseModule(text));
  assert.equal(stripped.length, text.length, "positions stay");
  return stripped.slice(HELPER.length);
}

async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, loader: "js" },
    bundle: true,
    write: false,
    format: "esm",
    minifySyntax: true,
    keepNames: true,
  });
  await stop();
  return outputFiles[0]?.text ?? "";
}

Deno.test("withoutNaturalNames() leaves every name as it was, with fewer calls", async () => {
  const names = `
    function outer() {
      function declared() {}
      const arrow = () => {}, renamed = { key() {}, field: function () {}, arrow: () => {} };
      class Named { static made = () => {}; method() {} }
      let assigned; assigned = function () {};
      const { fallback = () => {} } = {};
      return [declared, arrow, renamed.key, renamed.field, renamed.arrow, Named, Named.made,
        new Named().method, assigned, fallback, (function own() {}), (() => {})].map((f) => f.name);
    }
    export const seen = outer();`;
  const text = await bundle(names);
  const stripped = withoutNaturalNames(text, parseModule(text));
  const count = (code: string) => code.split("__name(").length - 1;
  assert.ok(count(stripped) < count(text) / 2, `${count(stripped)} of ${count(text)} calls left`);
  const run = async (code: string): Promise<unknown> =>
    (await import(`data:text/javascript,${encodeURIComponent(code)}`)).seen;
  assert.deepEqual(await run(stripped), await run(text));
});

Deno.test("withoutNaturalNames() keeps the names of what the bundler renamed", () => {
  const code = `function foo2() {}
__name(foo2, "foo");
var bar2 = /* @__PURE__ */ __name(() => {}, "bar");
var object = { __proto__: __name(function() {}, "__proto__"), [x]: __name(() => {}, "x") };`;
  assert.equal(strip(code), code);
});

Deno.test("withoutNaturalNames() takes out calls that change nothing", () => {
  assert.doesNotMatch(strip(`function foo() {}\n__name(foo, "foo");`), /__name\(/);
  assert.doesNotMatch(
    strip(`var a = __name(() => 1, "a"), b = { c: __name(() => 2, "c") };`),
    /_name/,
  );
  assert.match(strip(`class A { static { __name(this, "A"); } }`), /__name\(this/);
});

Deno.test("withoutNaturalNames() makes no declaration of an expression", () => {
  for (
    const code of [
      `__name(function own() {}, "own")();`,
      `__name(function own() {}, "own");`,
      `export default __name(function own() {}, "own");`,
    ]
  ) assert.equal(strip(code), code);
  assert.doesNotMatch(strip(`run(__name(function own() {}, "own"));`), /__name\(/);
});

Deno.test("withoutNaturalNames() touches nothing where __name may be another function", () => {
  for (
    const code of [
      `function f(__name) { return __name(g, "g"); } function g() {}`,
      `{ let __name = log; __name(g, "g"); } function g() {}`,
      `const keep = __name; keep(g, "g"); __name(g, "g"); function g() {}`,
      `try {} catch (__name) { __name(g, "g"); } function g() {}`,
    ]
  ) assert.equal(strip(code), code);
  const foreign = `var __name = (target, value) => log(value);\nfunction g() {}\n__name(g, "g");`;
  assert.equal(withoutNaturalNames(foreign, parseModule(foreign)), foreign);
});
