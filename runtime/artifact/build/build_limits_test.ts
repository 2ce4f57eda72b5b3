import { equal, rejects } from "node:assert/strict";
import { AirlockError } from "../../../spec/errors.ts";
import { createBundler } from "./bundler.ts";
import { build, refused } from "./fixtures/build_hostile.ts";

Deno.test("buildArtifact() stays within its limits", async (t) => {
  await using bundler = createBundler();
  await t.step("one huge file", () =>
    rejects(
      build({ "index.js": "export const a = 1;".padEnd(2000) }, {
        bundler,
        limits: { inputFileBytes: 1000 },
      }),
      refused("too_large"),
    ));
  await t.step("many files", () =>
    rejects(
      build({ "index.js": "", "a.js": "", "b.js": "" }, { bundler, limits: { inputFiles: 2 } }),
      refused("too_large"),
    ));
  await t.step("a bundle that grows is left for a tree, which has limits too", async () => {
    const files = {
      "x.json": `"${"x".repeat(5000)}"`,
      "index.js": `import a from "./x.json" with { type: "json" }; export { a }`,
    };
    const limits = { outputBytes: 4000 };
    const { built, loaded } = await build(files, { bundler, limits, body: "return m.a.length" });
    equal(built.form, "tree");
    equal(loaded?.value, 5000);
    await rejects(
      build(files, { bundler, limits: { ...limits, treeBytes: 4000 } }),
      refused("too_large"),
    );
  });
  await t.step("deep nesting", () =>
    rejects(
      build({ "index.js": `export const a = ${"[".repeat(40_000)}${"]".repeat(40_000)};` }, {
        bundler,
      }),
      (error: unknown) => error instanceof AirlockError && error.code === "artifact_failed",
    ));
  await t.step("time: esbuild is killed", async () => {
    const lines = Array.from({ length: 60_000 }, (_, i) => `export const a${i} = { b: [${i}] };`);
    const started = performance.now();
    await rejects(
      build({ "index.js": lines.join("\n") }, { bundler, limits: { timeoutMs: 150 } }),
      refused("timeout"),
    );
    equal(performance.now() - started < 5000, true);
  });
  await t.step("memory: esbuild is killed", async () => {
    const lines = Array.from({ length: 120_000 }, (_, i) => `export const a${i} = { b: [${i}] };`);
    const limits = { memoryBytes: 160 * 1024 * 1024 };
    await rejects(build({ "index.js": lines.join("\n") }, { bundler, limits }), refused("memory"));
  });
  await t.step("and the next build works", async () => {
    const { loaded } = await build({ "index.js": "export const a = 1" }, {
      bundler,
      body: "return m.a",
    });
    equal(loaded?.value, 1);
  });
});
