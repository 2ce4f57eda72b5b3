import assert from "node:assert/strict";
import fs from "node:fs";
import { installNodeFs } from "./guest_node_fs.ts";

Deno.test({
  name: "installNodeFs() makes existsSync say no where it may not look, and the truth elsewhere",
  permissions: { read: [import.meta.dirname ?? "."] },
  fn() {
    const native = Object.getOwnPropertyDescriptors(fs);
    const own = import.meta.filename ?? "";
    assert.throws(() => fs.existsSync("/etc/passwd"), { name: "NotCapable" });
    try {
      installNodeFs();
      assert.equal(fs.existsSync("/etc/passwd"), false);
      assert.equal(fs.existsSync(own), true);
      assert.equal(fs.existsSync(`${own}.not-there`), false);
      assert.throws(() => fs.readFileSync("/etc/passwd"), { name: "NotCapable" });
    } finally {
      Object.defineProperties(fs, native);
    }
  },
});
