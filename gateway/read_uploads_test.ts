import assert from "node:assert/strict";
import { samplePlugin } from "../tests/support/plugins/wat_plugins.ts";
import { failsWith } from "../tests/support/fails_with.ts";
import { checkInlineCode } from "../registry/inline/inline_code.ts";
import { readUploads } from "./read_uploads.ts";

const upload = (digit: string) => `sha256-${digit.repeat(64)}`;

Deno.test("readUploads() puts the bytes of uploads in the place of their names", async () => {
  const module = await samplePlugin();
  const large = new Uint8Array(17 * 1024 * 1024);
  large.set([0, 0x61, 0x73, 0x6d]);
  const asked: string[] = [];
  const read = (modules: Record<string, string>) =>
    readUploads({ files: {}, modules, entry: "main.wasm", dependencies: {}, packageJson: {} }, {
      readModule(name) {
        asked.push(name);
        const there = new Map([
          [upload("a"), module],
          [upload("b"), large],
          [upload("c"), new TextEncoder().encode("{}")],
        ]);
        return Promise.resolve(there.get(name));
      },
    });
  const beside = module.toBase64();
  const code = await read({ "main.wasm": upload("a"), "b.wasm": beside });
  assert.deepEqual(code.modules, { "main.wasm": beside, "b.wasm": beside });
  checkInlineCode(code);
  await failsWith(read({ "main.wasm": upload("d") }), { code: "invalid_input" });
  // What is no module, and what is too much, is refused as it is without an upload.
  const manifest = await read({ "main.wasm": upload("c") });
  assert.throws(() => checkInlineCode(manifest), { code: "invalid_input" });
  asked.length = 0;
  const much = await read({
    "main.wasm": upload("b"),
    "c.wasm": upload("b"),
    "d.wasm": upload("a"),
  });
  assert.deepEqual(asked, [upload("b")], "no more is read than it takes to know");
  assert.throws(
    () => checkInlineCode({ ...much, modules: { "main.wasm": much.modules!["main.wasm"]! } }),
    {
      code: "payload_too_large",
    },
  );
  const many = Object.fromEntries(
    Array.from({ length: 17 }, (_, n) => [`m${n}.wasm`, upload("a")]),
  );
  asked.length = 0;
  await read(many);
  assert.deepEqual(asked, []);
});
