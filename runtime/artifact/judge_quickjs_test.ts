import assert from "node:assert/strict";
import type { BuiltArtifact, CodeUse } from "../../spec/artifact.ts";
import { AirlockError } from "../../spec/errors.ts";
import { createJudgeQuickjs } from "./judge_quickjs.ts";

const NOTHING: CodeUse = { nodeBuiltins: [], globals: [], env: [] };

function built(change: Partial<BuiltArtifact> = {}): BuiltArtifact {
  return { form: "bundle", entry: "bundle.mjs", uses: NOTHING, warnings: [], ...change };
}

function subject(signal = new AbortController().signal) {
  return { codeDirectory: "/code", entry: "bundle.mjs", signal };
}

Deno.test("createJudgeQuickjs() refuses what is not one file, without trying it", async () => {
  const judge = createJudgeQuickjs({
    implements: () => true,
    load: () => assert.fail("it was loaded"),
  });
  const cases: readonly (readonly [Partial<BuiltArtifact>, RegExp])[] = [
    [{ form: "tree" }, /could not be made one file/],
    [{ form: "wasm" }, /WebAssembly plug-in/],
  ];
  for (const [change, words] of cases) {
    const verdict = await judge(built(change), subject());
    assert.deepEqual([verdict.runtime, verdict.ok], ["quickjs", false]);
    assert.match(verdict.reason ?? "", words);
  }
});

Deno.test("createJudgeQuickjs() tells what is mentioned and missing, and allows the rest", async () => {
  const judge = createJudgeQuickjs({
    implements: (name) => name === "path",
    load: () => Promise.resolve(),
  });
  const uses = {
    ...NOTHING,
    nodeBuiltins: ["fs", "path"],
    globals: ["Intl", "Worker", "fetch"],
  };
  const { ok, remark } = await judge(built({ uses }), subject());
  assert.equal(ok, true);
  assert.match(remark ?? "", /^it mentions node:fs, Worker, which QuickJS has not/);
  assert.match(remark ?? "", /; Intl is answered by the process around the engine$/);
});

Deno.test("createJudgeQuickjs() tries the rest and says why it does not load", async () => {
  const failure = new AirlockError("tool_error", "no such thing", { stage: "load" });
  const fine = createJudgeQuickjs({ implements: () => true, load: () => Promise.resolve() });
  assert.deepEqual(await fine(built(), subject()), { runtime: "quickjs", ok: true });
  const broken = createJudgeQuickjs({
    implements: () => true,
    load: () => Promise.reject(failure),
  });
  assert.deepEqual(await broken(built(), subject()), {
    runtime: "quickjs",
    ok: false,
    reason: "it does not load: no such thing",
  });
});

Deno.test("createJudgeQuickjs() passes on faults of ours and the reason of an abort", async () => {
  const fault = new Error("disk full");
  const judge = createJudgeQuickjs({ implements: () => true, load: () => Promise.reject(fault) });
  await assert.rejects(async () => await judge(built(), subject()), fault);
  const reason = new Error("given up");
  await assert.rejects(
    async () => await judge(built(), subject(AbortSignal.abort(reason))),
    reason,
  );
});
