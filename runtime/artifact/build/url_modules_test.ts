import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import type { FetchedModule, FetchedPackage } from "../../../spec/artifact.ts";
import { createBundler } from "./bundler.ts";
import { ADD_WASM } from "./fixtures/add_wasm.ts";
import { buildAndRun, type Files } from "./fixtures/build_and_run.ts";

Deno.test("urlModules() bundles modules named by URL", async (t) => {
  await using bundler = createBundler();
  const origin = "https://esm.example";
  const files: Files = {
    "0.mjs":
      `export * from "/pkg@1.0.0/es2022/pkg.mjs"; export { default } from "/pkg@1.0.0/es2022/pkg.mjs";`,
    "1.mjs": `import data from "./data.json" with { type: "json" }; import { b } from "/b@^1";
      import { Buffer } from "node:buffer"; import { add } from "./d.wasm";
      export const all = [data.a, b, typeof Buffer, add(1, 2)]; export default 4;`,
    "2.json": `{"a":1}`,
    "3.mjs": `export const b = 2;`,
    "4.wasm": ADD_WASM,
  };
  const js = "application/javascript";
  const fetched = (skip: string) => (directory: string): Partial<FetchedPackage> => {
    const modules = new Map<string, FetchedModule>([
      [`${origin}/pkg@1.0.0`, { file: join(directory, "0.mjs"), contentType: js }],
      [`${origin}/pkg@1.0.0/es2022/pkg.mjs`, { file: join(directory, "1.mjs"), contentType: js }],
      [`${origin}/pkg@1.0.0/es2022/data.json`, {
        file: join(directory, "2.json"),
        contentType: "application/json",
      }],
      [`${origin}/b@1.2.3`, { file: join(directory, "3.mjs"), contentType: js }],
      [`${origin}/pkg@1.0.0/es2022/d.wasm`, {
        file: join(directory, "4.wasm"),
        contentType: "application/wasm",
      }],
    ]);
    modules.delete(origin + skip);
    const redirects = new Map([
      [`${origin}/pkg`, `${origin}/pkg@1.0.0`],
      [`${origin}/b@^1`, `${origin}/b@1.2.3`],
    ]);
    return { entry: `${origin}/pkg`, modules, redirects };
  };
  await t.step("through the map and its redirects", async () => {
    const { built, value } = await buildAndRun(files, {
      bundler,
      fetched: fetched(""),
      body: "return [m.all, m.default]",
    });
    deepEqual(value, [[1, 2, "function", 3], 4]);
    deepEqual(built.uses.nodeBuiltins, ["buffer"]);
  });
  await t.step("never past it", async () => {
    const running = buildAndRun(files, { bundler, fetched: fetched("/b@1.2.3"), body: "" });
    await rejects(running, { code: "artifact_failed", stage: "build" });
    for (const specifier of ["https://other.test/x.js", "ms", "file:///etc/passwd", "npm:ms"]) {
      const hostile = {
        ...files,
        "3.mjs": `import ${JSON.stringify(specifier)}; export const b = 1`,
      };
      await rejects(
        buildAndRun(hostile, { bundler, fetched: fetched(""), body: "" }),
        (error: unknown) => {
          equal((error as { details: { specifier: string } }).details.specifier, specifier);
          return true;
        },
      );
    }
  });
});
