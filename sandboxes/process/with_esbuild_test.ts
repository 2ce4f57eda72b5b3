import assert from "node:assert/strict";
import { withEsbuild } from "./with_esbuild.ts";

Deno.test("withEsbuild() keeps esbuild for whoever still works, and ends it with the last", async () => {
  const transform = (text: string) =>
    withEsbuild(async (build) => {
      const stdin = { contents: text, loader: "ts" as const };
      const { outputFiles } = await build({ stdin, write: false, logLevel: "silent" });
      return outputFiles[0]!.text.trim();
    });
  const both = await Promise.all([
    transform("const a: number = 1;"),
    withEsbuild(async (build) => {
      await transform("const b: number = 2;");
      const stdin = { contents: "const c: number = 3;", loader: "ts" as const };
      return (await build({ stdin, write: false })).outputFiles[0]!.text.trim();
    }),
  ]);
  assert.deepEqual(both, ["const a = 1;", "const c = 3;"]);
  await assert.rejects(withEsbuild(() => Promise.reject(new Error("work failed"))), /work failed/);
  assert.equal(await transform("const d: number = 4;"), "const d = 4;");
});
