import assert from "node:assert/strict";
import { AirlockError } from "../spec/errors.ts";
import { sampleManifest } from "../tests/support/sample_artifact.ts";
import { withEnvHint } from "./with_env_hint.ts";

const failed = new AirlockError("tool_error", "boom", { stage: "execute" });

Deno.test("withEnvHint() names what the package requires and the call does not bring", () => {
  const env = [{ name: "API_KEY", required: true, description: "" }];
  const hinted = withEnvHint(failed, { env: {}, manifest: sampleManifest({ env }) });
  assert.ok(hinted instanceof AirlockError);
  assert.equal(hinted.suggestion, "The package requires API_KEY: send it in env");
  assert.deepEqual([hinted.message, hinted.stage], ["boom", "execute"]);
  assert.deepEqual(hinted.details, { missingEnv: ["API_KEY"] });
});

Deno.test("withEnvHint() leaves alone what it has nothing to say about", () => {
  const env = [{ name: "API_KEY", required: true, description: "" }];
  const manifest = sampleManifest({ env });
  assert.equal(withEnvHint(failed, { env: { API_KEY: "k" }, manifest }), failed);
  const suggested = new AirlockError("tool_error", "boom", { suggestion: "Do this" });
  assert.equal(withEnvHint(suggested, { env: {}, manifest }), suggested);
  const limit = new AirlockError("resource_limit", "full");
  assert.equal(withEnvHint(limit, { env: {}, manifest }), limit);
});
