import assert from "node:assert/strict";
import type { ExecutionRequest } from "../../spec/execution.ts";
import { executeToolSchema, executionRequest } from "./execute_tool_schema.ts";

const LEAST = { packageName: "a", name: "b" };

function requestOf(body: Record<string, unknown>): ExecutionRequest {
  return executionRequest(executeToolSchema.parse({ ...LEAST, ...body }));
}

function accepts(body: Record<string, unknown>): boolean {
  return executeToolSchema.safeParse({ ...LEAST, ...body }).success;
}

Deno.test("executionRequest() calls with nothing where nothing is said, or null", () => {
  const nothing = { ...LEAST, params: {}, env: {} };
  assert.deepEqual(requestOf({}), nothing);
  const members = ["version", "source", "importUrl", "params", "env", "runtime"];
  const nulls = Object.fromEntries(
    [...members, "permissions", "limits", "isolation"].map((name) => [name, null]),
  );
  assert.deepEqual(requestOf(nulls), nothing);
  assert.deepEqual(Object.keys(requestOf(nulls)).sort(), ["env", "name", "packageName", "params"]);
});

Deno.test("executionRequest() hands parameters on as they are", () => {
  for (const params of [0, false, "", [], [null], "text", { a: { b: null } }]) {
    assert.deepEqual(requestOf({ params }).params, params);
  }
});

Deno.test("executionRequest() grants and limits what was named, no member more", () => {
  const { permissions, limits } = requestOf({
    permissions: { net: ["a.example"], netDirect: null },
    limits: { timeoutMs: 5, memoryBytes: null },
  });
  assert.deepEqual(permissions, { net: ["a.example"] });
  assert.deepEqual(limits, { timeoutMs: 5 });
  assert.deepEqual(requestOf({ permissions: {} }).permissions, {});
});

Deno.test("executeToolSchema ignores members it does not know, except where they could mean more", () => {
  assert.deepEqual(requestOf({ toolCallId: "x", tenant: "other" }), requestOf({}));
  assert.ok(!accepts({ permissions: { run: true } }));
  assert.ok(!accepts({ permissions: { Net: "public" } }));
  assert.ok(!accepts({ limits: { timeoutMS: 5 } }));
});

Deno.test("executeToolSchema refuses grants that are not what they seem", () => {
  const grants = ["all", "*", ["*"], ["http://a.example"], ["a.example/path"], [""], ["a b"], [1]];
  for (const net of grants) assert.ok(!accepts({ permissions: { net } }), JSON.stringify(net));
  for (const net of ["none", "public", [], ["*.a.example:443"], ["[::1]:80"]]) {
    assert.ok(accepts({ permissions: { net } }), JSON.stringify(net));
  }
  assert.ok(!accepts({ permissions: { net: Array(257).fill("a") } }));
  assert.ok(!accepts({ permissions: { fs: "home" } }));
});

Deno.test("executeToolSchema refuses limits that are no positive whole numbers", () => {
  for (const timeoutMs of [0, -1, 1.5, "5", Infinity, NaN, 2 ** 53]) {
    assert.ok(!accepts({ limits: { timeoutMs } }), String(timeoutMs));
  }
});

Deno.test("executeToolSchema takes an environment of plain names and texts only", () => {
  assert.deepEqual(requestOf({ env: { API_KEY: "k", _x9: "" } }).env, { API_KEY: "k", _x9: "" });
  const wrong: unknown[] = [
    [],
    "A=1",
    { "A B": "x" },
    { "1A": "x" },
    { "": "x" },
    { A: 1 },
    { A: null },
    { ["A".repeat(129)]: "x" },
    { A: "x".repeat(64 * 1024 + 1) },
    JSON.parse('{"__proto__": "x"}'),
    Object.fromEntries(Array.from({ length: 257 }, (_, index) => [`A${index}`, ""])),
  ];
  for (const env of wrong) assert.ok(!accepts({ env }), JSON.stringify(env).slice(0, 80));
});

Deno.test("executeToolSchema bounds a tool's name", () => {
  assert.ok(accepts({ name: "tools.search" }));
  for (const name of ["", "x".repeat(257), null, 1]) assert.ok(!accepts({ name }));
});
