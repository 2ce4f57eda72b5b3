import assert from "node:assert/strict";
import { readModuleReferences } from "./module_imports.ts";

Deno.test("readModuleReferences() finds every literal import, however it is written", async () => {
  const source = `
    import "a"; import b from 'b'; import * as c from "c"; export * from "d"; export { e } from "e";
    import f from "f" with { type: "json" }; import source g from "g"; import defer * as h from "h";
    const i = () => import(/* note */ "i"); const j = \`\${import("j")}\`; export * as k from "\\u006b";
    // import "comment";
    const text = 'import "text"';
    const pattern = /import "pattern"/;
    import(variable); import("./" + variable); import(\`./\${variable}.js\`); import.meta.url;`;
  const { imports } = await readModuleReferences(source);
  assert.deepEqual(imports.map(({ specifier }) => specifier), [..."abcdefghijk"]);
  assert.deepEqual(imports.filter(({ dynamic }) => dynamic).map((each) => each.specifier), [
    "i",
    "j",
  ]);
  assert.deepEqual(imports.filter(({ expects }) => expects).map((each) => each.expects), [
    "json",
    "wasm",
  ]);
});

Deno.test("readModuleReferences() finds asset URLs, and only those", async () => {
  const source = `
    new URL("./a.wasm", import.meta.url); new URL( './b.txt' , import.meta.url, );
    new URL(\`./c.bin\`, import.meta.url).href; new URL(\`./\${x}.bin\`, import.meta.url);
    new URL(name, import.meta.url); new URL("./d", import.meta.url2); new URL("./e", base);
    resolve("./f", import.meta.url);`;
  const { assets } = await readModuleReferences(source);
  assert.deepEqual(assets, ["./a.wasm", "./b.txt", "./c.bin"]);
});

Deno.test("readModuleReferences() ends on nesting bombs, with an error and quickly", async () => {
  for (const bomb of ["(".repeat(2_000_000), "{".repeat(2_000_000), "`${".repeat(1_000_000)]) {
    const startedAt = performance.now();
    await assert.rejects(readModuleReferences(bomb));
    assert.ok(performance.now() - startedAt < 5_000);
  }
  assert.equal((await readModuleReferences('import "after";')).imports.length, 1);
});
