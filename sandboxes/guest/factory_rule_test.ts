import assert from "node:assert/strict";
import { guessFactory, isLikelyProvider } from "./factory_rule.ts";

const tool = (definition: object) => definition;

Deno.test("guessFactory() is sure of functions that visibly make tools", () => {
  const rows: readonly (readonly [string, (config?: unknown) => unknown])[] = [
    ["webSearch", () => tool({ inputSchema: {}, execute: () => 1 })],
    ["createSearch", async () => await Promise.resolve({ tools: [] })],
    ["searchTool", (config) => config],
    ["FirecrawlTools", (config) => config],
    ["getTools", () => []],
    ["buildAgent", () => tool({})],
  ];
  for (const [name, fn] of rows) assert.equal(guessFactory(fn, name), "sure", name);
});

Deno.test("guessFactory() takes names alone for a hint", () => {
  const plain = (params: unknown) => params;
  for (const name of ["createIssue", "makeSlug", "buildQuery", "init", "create"]) {
    assert.equal(guessFactory(plain, name), "likely", name);
  }
  // Asynchronous: more likely to do something than to make something.
  assert.equal(guessFactory(async (params: unknown) => await params, "sendTool"), "likely");
});

Deno.test("guessFactory() leaves plain functions alone", () => {
  const plain = (params: unknown) => params;
  for (const name of ["search", "creates", "initials", "maker", "toolbox", "rebuild", "default"]) {
    assert.equal(guessFactory(plain, name), "no", name);
  }
  assert.equal(guessFactory((_a: unknown, _b: unknown) => tool({}), "createTool"), "no");
  const withSchema = Object.assign(() => tool({}), { inputSchema: {} });
  assert.equal(guessFactory(withSchema, "createTool"), "no");
  const agent = async () => await Promise.resolve({ inputSchema: {}, execute: () => 1 });
  assert.equal(guessFactory(agent, "research"), "no");
});

Deno.test("guessFactory() goes by a default export's own name", () => {
  function createToolkit() {
    return {};
  }
  assert.equal(guessFactory(createToolkit, "default"), "sure");
});

Deno.test("guessFactory() survives hostile functions and long sources", () => {
  const trap = () => {
    throw new Error("trap");
  };
  assert.equal(guessFactory(new Proxy(() => 1, { get: trap }), "createTool"), "no");
  const long = new Proxy(() => 1, {});
  assert.equal(guessFactory(long, "run"), "no");
});

Deno.test("isLikelyProvider() goes by the class's name", () => {
  for (const name of ["WeatherTools", "GithubToolkit", "ExaClient"]) {
    assert.ok(isLikelyProvider(name));
  }
  for (const name of ["Parser", "Schema", "Toolbar"]) assert.ok(!isLikelyProvider(name));
});
