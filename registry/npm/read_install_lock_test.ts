import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { readInstallLock } from "./read_install_lock.ts";

Deno.test("readInstallLock() reads integrity by name and version, peers aside", () => {
  const text = JSON.stringify({
    version: "5",
    npm: {
      "ms@2.1.3": { integrity: "sha512-a" },
      "@s/n_x@1.0.0-rc.1_zod@4.0.0": { integrity: "sha512-b" },
      "@s/n_x@1.0.0_@t+p@1.0.0__q@2.0.0": { integrity: "sha512-c" },
      "bare@1.0.0": {},
    },
  });
  assert.deepEqual([...readInstallLock(text)], [
    ["ms@2.1.3", "sha512-a"],
    ["@s/n_x@1.0.0-rc.1", "sha512-b"],
    ["@s/n_x@1.0.0", "sha512-c"],
    ["bare@1.0.0", undefined],
  ]);
  assert.equal(readInstallLock('{"version":"5"}').size, 0);
});

Deno.test("readInstallLock() refuses a format that it does not know", () => {
  for (const text of ['{"version":"6","npm":{}}', "{}", "[]", '{"version":"5","npm":[]}']) {
    assert.throws(() => readInstallLock(text), AirlockError);
  }
});
