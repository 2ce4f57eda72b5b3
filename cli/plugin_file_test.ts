import assert from "node:assert/strict";
import { fakeCli } from "../tests/support/fake_cli.ts";

Deno.test("airlock exec takes a plug-in's file in place of a package", async () => {
  const file = await Deno.makeTempFile({ suffix: ".wasm" });
  try {
    const cli = fakeCli();
    assert.equal(await cli.run("exec", file, "echo", '"hello"'), 0, cli.output.err);
    assert.deepEqual(cli.requests, [
      { packageName: "sha256-module", source: "wasm", name: "echo", params: "hello", env: {} },
    ]);
    assert.equal(cli.open.engines, 0);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("airlock exec says that a plug-in's file cannot be read", async () => {
  const cli = fakeCli();
  assert.equal(await cli.run("exec", "/nowhere/plugin.wasm", "echo"), 2);
  assert.match(cli.output.err, /it cannot be read/);
  assert.deepEqual(cli.requests, []);
  assert.equal(cli.open.engines, 0);
});
