import assert from "node:assert/strict";
import { AirlockError } from "../spec/errors.ts";
import { sampleManifest } from "../tests/support/sample_artifact.ts";
import { withNameHint } from "./with_name_hint.ts";

const manifest = sampleManifest({ otherExports: ["Client"] });
const absent = new AirlockError("tool_not_found", "the package has none", {
  stage: "execute",
  details: { available: [] },
});

Deno.test("withNameHint() says of an export that it is no tool", () => {
  const hinted = withNameHint(absent, { toolName: "Client", manifest });
  assert.ok(hinted instanceof AirlockError);
  assert.equal(hinted.message, "Finding the tool Client: it is exported, but no tool");
  assert.match(hinted.suggestion ?? "", /such as Client\.method/);
  const byDefault = withNameHint(absent, { toolName: "default.Client", manifest });
  assert.ok(byDefault instanceof AirlockError);
  assert.match(byDefault.suggestion ?? "", /such as Client\.method/);
  assert.deepEqual([hinted.code, hinted.details], ["tool_not_found", { available: [] }]);
});

Deno.test("withNameHint() suggests the tool that was most likely meant", () => {
  const [echo] = manifest.tools;
  assert.ok(echo);
  const many = sampleManifest({ tools: ["chunk", "camelCase"].map((name) => ({ ...echo, name })) });
  const hinted = withNameHint(absent, { toolName: "camelcase", manifest: many });
  assert.ok(hinted instanceof AirlockError);
  assert.match(hinted.suggestion ?? "", /^Did you mean camelCase\?/);
  assert.equal(hinted.message, absent.message);
});

Deno.test("withNameHint() leaves every other error alone", () => {
  assert.equal(withNameHint(absent, { toolName: "Other", manifest }), absent);
  const thrown = new AirlockError("tool_error", "boom");
  assert.equal(withNameHint(thrown, { toolName: "Client", manifest }), thrown);
});
