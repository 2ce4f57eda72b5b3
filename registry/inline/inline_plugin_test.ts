import assert from "node:assert/strict";
import { checkInlineCode, type InlineCode } from "./inline_code.ts";
import { INLINE_PLUGIN_LIMITS, moduleBytes } from "./inline_plugin.ts";

const EMPTY_MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]).toBase64();

function plugin(more: Partial<InlineCode> = {}): InlineCode {
  const modules = { "main.wasm": EMPTY_MODULE };
  return { files: {}, modules, entry: "main.wasm", dependencies: {}, packageJson: {}, ...more };
}

Deno.test("checkInlinePlugin() lets a plug-in through", () => {
  checkInlineCode(plugin());
  assert.equal(moduleBytes(EMPTY_MODULE).length, 8);
});

Deno.test("checkInlinePlugin() refuses names, bytes and company that are not a plug-in's", () => {
  const named = (name: string) => ({ modules: { [name]: EMPTY_MODULE }, entry: name });
  const wrong: Partial<InlineCode>[] = [
    ...["../a.wasm", "/a.wasm", "a/b.wasm", ".wasm", "a.js", "", "a\\b.wasm", "é.wasm"].map(named),
    named("x".repeat(200) + ".wasm"),
    { modules: {} },
    { entry: "other.wasm" },
    { entry: "toString" },
    { files: { "main.ts": "" } },
    { dependencies: { zod: "4.1.5" } },
    { modules: { "main.wasm": "no base64!" } },
    { modules: { "main.wasm": btoa("export const a = 1;") } },
    { modules: { "main.wasm": "" } },
    {
      modules: Object.fromEntries(
        Array.from({ length: INLINE_PLUGIN_LIMITS.modules + 1 }, (_, index) => [
          index === 0 ? "main.wasm" : `m${index}.wasm`,
          EMPTY_MODULE,
        ]),
      ),
    },
  ];
  for (const more of wrong) {
    assert.throws(() => checkInlineCode(plugin(more)), { code: "invalid_input" });
  }
});

Deno.test("checkInlinePlugin() bounds modules together", () => {
  const half = new Uint8Array(INLINE_PLUGIN_LIMITS.bytes / 2 + 1);
  half.set(moduleBytes(EMPTY_MODULE));
  const text = half.toBase64();
  checkInlineCode(plugin({ modules: { "main.wasm": text } }));
  const both = plugin({ modules: { "main.wasm": text, "more.wasm": text } });
  assert.throws(() => checkInlineCode(both), { code: "payload_too_large" });
});
