import { deepEqual, doesNotMatch, equal, match, rejects } from "node:assert/strict";
import { join } from "node:path";
import { AirlockError } from "../../../spec/errors.ts";
import { createBundler } from "./bundler.ts";
import { build, refused } from "./fixtures/build_hostile.ts";
import type { Files } from "./fixtures/build_and_run.ts";
import { tempFiles } from "./fixtures/temp_files.ts";

Deno.test("buildArtifact() reads nothing outside the package", async (t) => {
  await using bundler = createBundler();
  await using outside = await tempFiles({
    "secret.txt": "TOP",
    "secret.js": "export default 'TOP'",
  });
  const secret = join(outside.directory, "secret");
  const up = "../".repeat(12);
  const cases: Record<string, Files> = {
    "absolute text": {
      "index.js": `import s from "${secret}.txt" with {type:"text"}; export { s }`,
    },
    "absolute dynamic": { "index.js": `export const s = import("${secret}.js")` },
    "relative escape": { "index.js": `export * from "./${up}${secret.slice(1)}.js"` },
    "required escape": { "index.js": `module.exports = require("./${up}${secret.slice(1)}.js")` },
    "endless device": { "index.js": `import s from "/dev/zero" with {type:"text"}; export { s }` },
    "endless device, relative": {
      "index.js": `import s from "./${up}dev/zero" with {type:"bytes"}; export { s }`,
    },
    "imports map": {
      "package.json": JSON.stringify({ imports: { "#x": `./${up}${secret.slice(1)}.js` } }),
      "index.js": `export * from "#x"`,
    },
    "browser map": {
      "package.json": JSON.stringify({ browser: { "./x.js": `./${up}${secret.slice(1)}.js` } }),
      "x.js": `export * from "./${up}${secret.slice(1)}.js"`,
      "index.js": `export * from "./x.js"`,
    },
    "main of a dependency": {
      "node_modules/d/package.json": JSON.stringify({ main: `${up}${secret.slice(1)}.js` }),
      "index.js": `export * from "d"`,
    },
  };
  for (const [name, files] of Object.entries(cases)) {
    await t.step(name, () =>
      rejects(build(files, { bundler }), (error: unknown) => {
        if (!(error instanceof AirlockError)) throw error;
        // A map that leads outside resolves to nothing, a package outside is as good as not there.
        const missing = name === "imports map" || name === "main of a dependency";
        equal(error.details.reason, missing ? "missing_package" : "outside");
        return true;
      }));
  }
  await t.step("link", async () => {
    const before = (directory: string) =>
      Deno.symlink(`${secret}.js`, join(directory, "linked.js"));
    const files = { "index.js": `export * from "./linked.js"` };
    await rejects(build(files, { bundler, before }), refused("outside"));
  });
  await t.step("pipe", async () => {
    const before = async (directory: string) => {
      await new Deno.Command("mkfifo", { args: [join(directory, "p.js")] }).output();
    };
    await rejects(build({ "index.js": `1` }, { bundler, before }), refused("special_file"));
  });
  await t.step("tsconfig and source maps are ignored", async () => {
    const { code } = await build({
      "tsconfig.json": JSON.stringify({
        extends: `${secret}.txt`,
        compilerOptions: { paths: { x: [`${secret}.js`] } },
      }),
      "index.js": `export const a = 1;\n//# sourceMappingURL=file://${secret}.txt`,
    }, { bundler });
    doesNotMatch(code, /TOP/);
  });
});

Deno.test("buildArtifact() refuses code from elsewhere", async (t) => {
  await using bundler = createBundler();
  for (
    const specifier of [
      "https://h.test/x.js",
      "http://h.test/x.js",
      "npm:ms",
      "jsr:@a/b",
      "file:///etc/passwd",
      "data:text/javascript,export{}",
      "blob:x",
      "bun:ffi",
    ]
  ) {
    await t.step(specifier, () =>
      rejects(
        build({ "index.js": `import ${JSON.stringify(specifier)}; export const a = 1;` }, {
          bundler,
        }),
        refused("forbidden_import", { specifier }),
      ));
  }
  await t.step("literal dynamic imports become failures", async () => {
    const { code, loaded, built } = await build({
      "index.js":
        `export const a = () => import("npm:ms"); export const b = () => import("https://h.test/x.js");`,
    }, {
      bundler,
      body: `return [await m.a().catch((e) => e.message), await m.b().catch((e) => e.message)]`,
    });
    doesNotMatch(code, /import\(/);
    deepEqual(loaded?.value, [
      `Importing "npm:ms" is refused`,
      `Importing "https://h.test/x.js" is refused`,
    ]);
    equal(built.warnings.length, 2);
  });
  await t.step("computed imports are refused by the sandbox", async () => {
    const { code, loaded, built } = await build({
      "index.js": `export const a = (x) => import("file:///etc/" + x);`,
    }, { bundler, body: `return await m.a("passwd").catch((e) => e.name)` });
    match(code, /import\(\(0, "file:/);
    match(built.warnings.join(), /names made at run time/);
    match(String(loaded?.value), /NotCapable|TypeError/);
  });
  await t.step(
    "a package that is not there",
    () =>
      rejects(
        build({ "index.js": `import x from "not-there"; export { x }` }, { bundler }),
        refused("missing_package"),
      ),
  );
  await t.step("an optional package that is not there", async () => {
    const { loaded } = await build({
      "index.js":
        `let x; try { x = require("not-there"); } catch { x = "none"; } exports.x = x; exports.y = () => import("nor-this");`,
    }, { bundler, body: `return [m.x, await m.y().catch((e) => e.code)]` });
    deepEqual(loaded?.value, ["none", "MODULE_NOT_FOUND"]);
  });
  await t.step("an optional package that is imported where failures are caught", async () => {
    const { loaded, built } = await build({
      "index.js":
        `export const x = async () => { try { return await import("not-there"); } catch (e) { return e.code } };
        export const y = () => import("nor-this").catch((e) => e.code);`,
    }, { bundler, body: `return [await m.x(), await m.y()]` });
    deepEqual(loaded?.value, ["MODULE_NOT_FOUND", "MODULE_NOT_FOUND"]);
    deepEqual([built.form, built.warnings.length], ["bundle", 2]);
  });
  await t.step("native addon", async () => {
    const addon = { "a.node": new Uint8Array([0x7f, 0x45, 0x4c, 0x46]) };
    await rejects(
      build({ ...addon, "index.js": `module.exports = require("./a.node")` }, { bundler }),
      refused("native_addon"),
    );
    const { loaded } = await build({
      ...addon,
      "index.js": `try { exports.x = require("./a.node") } catch (e) { exports.x = e.message }`,
    }, { bundler, body: `return m.x` });
    equal(loaded?.value, `Native addon "./a.node" is never loaded`);
    const further = await build({
      ...addon,
      "b.js": `module.exports = require("./a.node")`,
      "index.js": `try { exports.x = require("./b.js") } catch { exports.x = "without" }`,
    }, { bundler, body: `return m.x` });
    equal(further.loaded?.value, "without");
    match(
      further.built.warnings.join(),
      /Native code is never loaded: there is some in the package/,
    );
    deepEqual(further.built.uses.nativePackages, ["the package"]);
  });
  await t.step("packages that would compile native code are named", async () => {
    const { built } = await build({
      "node_modules/a/binding.gyp": "{}",
      "node_modules/.deno/@s+b@1.0.0/node_modules/@s/b/build/Release/b.node": "",
      "index.js": `export const a = 1`,
    }, { bundler });
    deepEqual(built.uses.nativePackages, ["@s/b", "a"]);
  });
});
