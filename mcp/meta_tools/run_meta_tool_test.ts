import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { failsWith } from "../../tests/support/fails_with.ts";
import { META_TOOLS } from "./meta_tools.ts";
import { MANY_TOOLS, usesMetaTools } from "./meta_tools_mode.ts";
import { type MetaToolHost, runMetaTool } from "./run_meta_tool.ts";

const HOST: MetaToolHost = {
  list: () => Promise.resolve([]),
  find: () => Promise.reject(new AirlockError("tool_not_found", "find tool: there is none")),
  call: (name, args) =>
    Promise.resolve({ content: [{ type: "text", text: `${name} ${JSON.stringify(args)}` }] }),
};

Deno.test("usesMetaTools() is so by itself where there are many tools", () => {
  assert.equal(usesMetaTools("auto", MANY_TOOLS), false);
  assert.equal(usesMetaTools("auto", MANY_TOOLS + 1), true);
  assert.equal(usesMetaTools("off", 1_000), false);
  assert.equal(usesMetaTools("on", 1), true);
});

Deno.test("runMetaTool() refuses arguments that do not fit", async () => {
  const names = META_TOOLS.map(({ name }) => name);
  assert.deepEqual(names, ["search_tools", "describe_tool", "call_tool"]);
  for (const name of names) {
    await failsWith(runMetaTool(name, {}, { host: HOST }), { code: "invalid_input" });
  }
  const long = { query: "x".repeat(10_000) };
  await failsWith(runMetaTool("search_tools", long, { host: HOST }), { code: "invalid_input" });
  const list = { name: "a--b", arguments: [] };
  await failsWith(runMetaTool("call_tool", list, { host: HOST }), { code: "invalid_input" });
});

Deno.test("runMetaTool() calls a tool without arguments with none", async () => {
  const { content } = await runMetaTool("call_tool", { name: "a--b" }, { host: HOST });
  assert.deepEqual(content, [{ type: "text", text: "a--b {}" }]);
});
