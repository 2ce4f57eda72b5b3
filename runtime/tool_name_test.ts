import assert from "node:assert/strict";
import { sampleManifest } from "../tests/support/sample_artifact.ts";
import { toolNameIn } from "./tool_name.ts";

const TOOL = {
  description: "",
  shape: "function",
  inputSchema: null,
  outputSchema: null,
  schemaStrategy: "none",
  warnings: [],
} as const;

Deno.test("toolNameIn() lets a package's own name stand for its nameless tool, and nothing else", () => {
  const base = sampleManifest();
  const manifest = {
    ...base,
    resolved: { ...base.resolved, packageName: "@scope/ms" },
    tools: [{ ...TOOL, name: "default" }, { ...TOOL, name: "parse" }],
    otherExports: ["version"],
  };
  assert.equal(toolNameIn(manifest, "ms"), "default");
  assert.equal(toolNameIn(manifest, "parse"), "parse");
  assert.equal(toolNameIn(manifest, "version"), "version");
  assert.equal(toolNameIn(manifest, "other"), "other");
  assert.equal(toolNameIn({ ...manifest, tools: [{ ...TOOL, name: "parse" }] }, "ms"), "ms");
  assert.equal(toolNameIn({ ...manifest, otherExports: ["ms"] }, "ms"), "ms");
});
