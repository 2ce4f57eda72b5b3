import assert from "node:assert/strict";
import type { JsonObject } from "../spec/json.ts";
import { readDeclared } from "./read_declared.ts";

const TOOLS = [{ name: "greet", description: "Says hello" }];

Deno.test("readDeclared() reads the tools of either field", () => {
  for (const field of ["tpmjs", "airlock"]) {
    const { tools, category } = readDeclared({ [field]: { category: "web", tools: TOOLS } });
    assert.equal(category, "web");
    assert.deepEqual(tools.map(({ name, schemaStrategy }) => [name, schemaStrategy]), [
      ["greet", "none"],
    ]);
  }
});

Deno.test("readDeclared() prefers tpmjs, and takes needs from airlock only", () => {
  const { tools, needs } = readDeclared({
    tpmjs: { tools: TOOLS },
    airlock: { tools: [{ name: "other" }], permissions: { net: ["api.example.com"] } },
  });
  assert.deepEqual(tools.map(({ name }) => name), ["greet"]);
  assert.deepEqual(needs, { net: ["api.example.com"] });
});

Deno.test("readDeclared() has a schema where the package gives one", () => {
  const parameters = [{ name: "text", type: "string", required: true }];
  const { tools } = readDeclared({ tpmjs: { tools: [{ name: "greet", parameters }] } });
  assert.equal(tools[0]?.schemaStrategy, "package");
});

Deno.test("readDeclared() is empty for a package that says nothing", () => {
  const silent: JsonObject[] = [{}, { tpmjs: "yes" }, { airlock: true }];
  for (const packageJson of silent) {
    assert.deepEqual(readDeclared(packageJson).tools, []);
  }
});
