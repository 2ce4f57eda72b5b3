import assert from "node:assert/strict";
import { sampleManifest } from "../../tests/support/sample_artifact.ts";
import { AirlockError } from "../../spec/errors.ts";
import { DEFAULT_LIMITS } from "../../spec/limits.ts";
import { NO_PERMISSIONS } from "../../spec/permissions.ts";
import { explainChoice, type ExplainTools } from "./explain_choice.ts";

const CHOICE = {
  artifact: {
    digest: "d",
    codeDirectory: "/secret",
    manifest: sampleManifest(),
    lock: { packages: {}, modules: {} },
    sizeBytes: 1,
  },
  ...{ tool: "echo", wanted: undefined, wish: {}, permissions: NO_PERMISSIONS },
  limits: DEFAULT_LIMITS,
};
const TOOLS: ExplainTools = {
  select: () => ({
    runtime: "deno",
    because: "the tool prefers it",
    fallbacks: ["quickjs"],
    refusals: [{ runtime: "extism", by: "source", reason: "it does not run code from npm" }],
  }),
  evidenceOf: () => ({ deno: { calls: 7.6, startMs: 0.41, toolMs: 12.34, coldMs: 50 } }),
  proofOf: () => [{ runtime: "quickjs", tool: "echo", state: "equal", inputs: 3 }],
};

Deno.test("explainChoice() says in words what runs it, what takes over and what refused", () => {
  const explanation = explainChoice(CHOICE, TOOLS);
  assert.deepEqual(explanation.words, [
    "deno would run it: the tool prefers it",
    "quickjs would take over if it fails",
    "extism would not (source): it does not run code from npm",
    "in deno its calls took 12.3 ms after 0.4 ms to start, 50.0 ms where nothing was warm " +
    "(median of about 8)",
    "echo in quickjs gave the same results for 3 inputs",
  ]);
  assert.deepEqual([explanation.runtime, explanation.tool], ["deno", "echo"]);
  assert.doesNotMatch(JSON.stringify(explanation), /secret/);
});

Deno.test("explainChoice() explains also that nothing would run it", () => {
  const refusals = [{ runtime: "deno", by: "limits", reason: "too much memory" }] as const;
  const explanation = explainChoice(CHOICE, {
    ...TOOLS,
    select: () => {
      throw new AirlockError("no_runtime", "Choosing a runtime: none", { details: { refusals } });
    },
  });
  assert.equal(explanation.runtime, null);
  assert.deepEqual(explanation.words.slice(0, 2), [
    "nothing here would run it",
    "deno would not (limits): too much memory",
  ]);
  const other = () => {
    throw new AirlockError("internal", "x");
  };
  assert.throws(() => explainChoice(CHOICE, { ...TOOLS, select: other }), { code: "internal" });
});
