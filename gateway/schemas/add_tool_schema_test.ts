import assert from "node:assert/strict";
import { addInlineSchema, inlineCode } from "./add_tool_schema.ts";

Deno.test("inlineCode() takes the only file, or main.ts, as the entry", () => {
  const code = (body: object) => inlineCode(addInlineSchema.parse(body));
  assert.equal(code({ files: { "x.ts": "" } }).entry, "x.ts");
  assert.equal(code({ files: { "x.ts": "", "main.ts": "" } }).entry, "main.ts");
  const described = code({ files: { "x.ts": "" }, description: "d", tpmjs: { category: "c" } });
  assert.deepEqual(described.packageJson, { description: "d", tpmjs: { category: "c" } });
});

Deno.test("addInlineSchema takes nothing that decides whose a tool is", () => {
  for (const extra of ["ownerId", "owner_id", "visibility", "tenant", "version"]) {
    assert.equal(addInlineSchema.safeParse({ files: { "x.ts": "" }, [extra]: "x" }).success, false);
  }
});

Deno.test("inlineCode() makes a manifest of modules, the main one last", () => {
  const code = (body: object) => inlineCode(addInlineSchema.parse(body));
  assert.equal(code({ modules: { "x.wasm": "" } }).entry, "x.wasm");
  const modules = { "main.wasm": "AA", "lib.wasm": "AA" };
  const tools = { run: { description: "Runs", input: null } };
  const { entry, files, packageJson } = code({ modules, plugin: { tools }, description: "d" });
  assert.deepEqual([entry, files], ["main.wasm", {}]);
  assert.deepEqual(packageJson.airlock, {
    plugin: {
      description: "d",
      tools: { run: { description: "Runs" } },
      wasm: [{ path: "lib.wasm", name: "lib" }, { path: "main.wasm" }],
    },
  });
  // Where modules lie is not for the body to say.
  const elsewhere = { modules, plugin: { wasm: [{ path: "/etc/passwd" }] } };
  assert.ok(!JSON.stringify(code(elsewhere)).includes("passwd"));
});
