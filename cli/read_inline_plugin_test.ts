import assert from "node:assert/strict";
import { join } from "node:path";
import { failsWith } from "../tests/support/fails_with.ts";
import { readInlinePlugin } from "./read_inline_plugin.ts";

Deno.test("readInlinePlugin() reads modules and what a manifest says of them", async () => {
  const directory = await Deno.makeTempDir({ prefix: "airlock-plugin-" });
  try {
    await Deno.writeFile(join(directory, "a.wasm"), new Uint8Array([0, 97, 115, 109]));
    await Deno.writeTextFile(join(directory, "m.json"), '{"tools":{"run":{}},"config":{"a":"b"}}');
    const manifestFile = join(directory, "m.json");
    const code = await readInlinePlugin(directory, ["a.wasm"], { manifestFile });
    assert.deepEqual([code.entry, code.modules], ["a.wasm", { "a.wasm": "AGFzbQ==" }]);
    assert.deepEqual(code.packageJson.airlock, {
      plugin: { tools: { run: {} }, config: { a: "b" }, wasm: [{ path: "a.wasm" }] },
    });
    await failsWith(readInlinePlugin(directory, ["b.wasm"]), { code: "invalid_input" });
    const wrong = { manifestFile: join(directory, "a.wasm") };
    await failsWith(readInlinePlugin(directory, ["a.wasm"], wrong), { code: "invalid_input" });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
