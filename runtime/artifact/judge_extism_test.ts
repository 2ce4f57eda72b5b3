import assert from "node:assert/strict";
import type { BuiltArtifact } from "../../spec/artifact.ts";
import { judgeDeno } from "./judge_deno.ts";
import { judgeExtism } from "./judge_extism.ts";

const built = (form: BuiltArtifact["form"]): BuiltArtifact => ({
  form,
  entry: "entry",
  uses: { nodeBuiltins: [], globals: [], env: [] },
  warnings: [],
});

Deno.test("judgeExtism() takes plug-ins, judgeDeno() takes everything else", () => {
  for (const form of ["bundle", "tree", "wasm"] as const) {
    const [extism, deno] = [judgeExtism(built(form)), judgeDeno(built(form))];
    assert.equal(extism.ok, form === "wasm");
    assert.equal(deno.ok, form !== "wasm");
    for (const verdict of [extism, deno]) assert.equal(verdict.ok, verdict.reason === undefined);
  }
});
