import assert from "node:assert/strict";
import { isNewerVersion } from "./is_newer_version.ts";

Deno.test("isNewerVersion() goes by precedence, and keeps releases before pre-releases", () => {
  assert.equal(isNewerVersion("1.0.0", null), true);
  assert.equal(isNewerVersion("1.10.0", "1.9.0"), true);
  assert.equal(isNewerVersion("1.9.0", "1.10.0"), false);
  assert.equal(isNewerVersion("1.9.0", "1.9.0"), true);
  assert.equal(isNewerVersion("2.0.0-beta.1", "1.9.0"), false);
  assert.equal(isNewerVersion("2.0.0-beta.2", "2.0.0-beta.1"), true);
  assert.equal(isNewerVersion("2.0.0", "2.0.0-beta.1"), true);
  assert.equal(isNewerVersion("today", "1.0.0"), true);
});
