import assert from "node:assert/strict";
import { assignNames } from "./assign_names.ts";
import { distinctName, type NamedTool } from "./wanted_name.ts";

function tool(key: string, sourceName: string, more: Partial<NamedTool> = {}): NamedTool {
  return { key, kind: "npm", sourceName, toolName: "run", ...more };
}

Deno.test("assignNames() tells apart packages whose names look alike", () => {
  const names = assignNames([tool("1", "@a/b"), tool("2", "a-b"), tool("3", "a.b")], []);
  assert.equal(names[0]?.name, "a-b--run");
  assert.deepEqual(names.map(({ wanted }) => wanted), [null, "a-b--run", "a-b--run"]);
  assert.equal(new Set(names.map(({ name }) => name)).size, 3);
});

Deno.test("assignNames() gives what runs here the name that several want", () => {
  const names = assignNames([
    tool("bridge", "files", { kind: "bridge" }),
    tool("remote", "files", { kind: "mcp" }),
    tool("npm", "files"),
  ], []);
  assert.deepEqual(names.map(({ key }) => key), ["npm", "remote", "bridge"]);
  assert.equal(names[0]?.name, "files--run");
});

Deno.test("assignNames() never gives a name that was given, not even one that was squatted on", () => {
  const victim = tool("victim", "@a/b");
  const squatted = ["a-b--run", distinctName(victim, 8)];
  const [named] = assignNames([victim], squatted);
  assert.ok(named !== undefined);
  assert.ok(!squatted.includes(named.name), named.name);
});
