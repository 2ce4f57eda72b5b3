import assert from "node:assert/strict";
import { AirlockError } from "../spec/errors.ts";
import { sampleManifest } from "../tests/support/sample_artifact.ts";
import { withNativeHint } from "./with_native_hint.ts";

const USES = { nodeBuiltins: [], globals: [], env: [] };
const native = sampleManifest({ uses: { ...USES, nativePackages: ["better-sqlite3"] } });
const failed = new AirlockError("tool_error", "no bindings", { stage: "execute" });

Deno.test("withNativeHint() names what was never loaded", () => {
  const refused = new AirlockError("tool_error", "Requires sys access", {
    suggestion: "The tool asked for something",
    details: { name: "NotCapable" },
  });
  for (const error of [failed, refused]) {
    const hinted = withNativeHint(error, native);
    assert.ok(hinted instanceof AirlockError);
    assert.match(hinted.suggestion ?? "", /better-sqlite3/);
    assert.equal(hinted.message, error.message);
    assert.deepEqual(hinted.details.nativePackages, ["better-sqlite3"]);
  }
});

Deno.test("withNativeHint() leaves alone what it has nothing to say about", () => {
  assert.equal(withNativeHint(failed, sampleManifest({ uses: USES })), failed);
  const suggested = new AirlockError("tool_error", "boom", { suggestion: "Do this" });
  assert.equal(withNativeHint(suggested, native), suggested);
  const encode = new AirlockError("tool_error", "a function is not JSON", { stage: "encode" });
  assert.equal(withNativeHint(encode, native), encode);
  const limit = new AirlockError("resource_limit", "full");
  assert.equal(withNativeHint(limit, native), limit);
});
