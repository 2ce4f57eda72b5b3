import assert from "node:assert/strict";
import { loadConfig } from "../config.ts";

Deno.test("MCP_VARIABLES reads a list of commands, word by word, and nothing like one", () => {
  const read = (text: string) => loadConfig({ AIRLOCK_MCP_STDIO_COMMANDS: text }).mcp.stdioCommands;
  assert.deepEqual(read(""), []);
  const commands = [["npx", "-y", "some server"], ["other"]];
  assert.deepEqual(read(JSON.stringify(commands)), commands);
  for (const text of ["npx", `["npx"]`, "[[]]", `[[""]]`, "[[1]]", "{}", `[["a"],null]`]) {
    assert.throws(() => read(text), /AIRLOCK_MCP_STDIO_COMMANDS is not a JSON list/, text);
  }
});
