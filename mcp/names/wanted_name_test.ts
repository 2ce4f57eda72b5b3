import assert from "node:assert/strict";
import { distinctName, MAX_NAME_CHARACTERS, type NamedTool, wantedName } from "./wanted_name.ts";

function tool(sourceName: string, toolName: string, more: Partial<NamedTool> = {}): NamedTool {
  return { key: "tool_1", kind: "npm", sourceName, toolName, ...more };
}

Deno.test("wantedName() reads as source and tool", () => {
  const cases: [string, string, string][] = [
    ["@tpmjs/hello", "helloWorldTool", "tpmjs-hello--helloWorldTool"],
    ["bash-tool", "tools.bash", "bash-tool--tools-bash"],
    ["Ünïcode", "naïve_tool", "Unicode--naive_tool"],
  ];
  for (const [source, name, wanted] of cases) assert.equal(wantedName(tool(source, name)), wanted);
  assert.equal(wantedName(tool("k3jf93kd", "greet", { kind: "inline" })), "inline--greet");
});

Deno.test("wantedName() has nothing to say where nothing is readable or it is too long", () => {
  assert.equal(wantedName(tool("工具", "呼び出す")), undefined);
  assert.equal(wantedName(tool("a", "x".repeat(200))), undefined);
});

Deno.test("distinctName() fits whatever the tool is called, and is the tool's own", () => {
  const tools = [
    tool("@a/b", "c"),
    tool("a-b", "c"),
    tool("s".repeat(200), "t".repeat(200)),
    tool("工具", "呼び出す"),
    tool("\u202e\0/../", "<script>"),
  ];
  for (const digits of [8, 16, 32]) {
    const names = tools.map((one) => distinctName(one, digits));
    assert.equal(new Set(names).size, tools.length);
    for (const name of names) {
      assert.match(name, /^[A-Za-z0-9_-]+$/);
      assert.ok(name.length <= MAX_NAME_CHARACTERS, name);
    }
  }
});
