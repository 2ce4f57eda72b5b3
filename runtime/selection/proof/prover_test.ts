import assert from "node:assert/strict";
import { sampleManifest } from "../../../tests/support/sample_artifact.ts";
import type { ArtifactManifest } from "../../../spec/artifact.ts";
import { AirlockError } from "../../../spec/errors.ts";
import type { JsonValue } from "../../../spec/json.ts";
import { EvidenceBook } from "../evidence/evidence_book.ts";
import type { RunOutcome } from "./compare_outcomes.ts";
import { ENOUGH_INPUTS, type FinishedCall, type ProofRun, Prover } from "./prover.ts";

const BOTH = [{ runtime: "deno", ok: true }, { runtime: "quickjs", ok: true }] as const;

/** A prover over runs that are told what to answer. */
function proving(
  answer: (run: ProofRun) => RunOutcome,
  manifest: Partial<ArtifactManifest> = { needs: { pure: true } },
) {
  const book = new EvidenceBook(() => 0);
  const runs: ProofRun[] = [];
  const held = { now: 0 };
  const prover = new Prover({
    run: (run) => {
      assert.equal(held.now, 1, "the artifact is held");
      runs.push(run);
      return Promise.resolve(answer(run));
    },
    hold: () => {
      held.now += 1;
      return Promise.resolve({ [Symbol.dispose]: () => void (held.now -= 1) });
    },
    proofsOf: (digest) => book.proofsOf(digest),
    prove: (digest, proof) => book.prove(digest, proof),
    onFailure: (error) => assert.fail(String(error)),
    ...{ pauseMs: 0, reference: "deno", candidate: "quickjs" },
  });
  const artifact: FinishedCall["artifact"] = {
    digest: "d",
    codeDirectory: "/code",
    manifest: sampleManifest({ runtimes: BOTH, ...manifest }),
    lock: { packages: {}, modules: {} },
    sizeBytes: 1,
  };
  const finish = async (params: JsonValue, more: Partial<FinishedCall> = {}) => {
    prover.consider({
      ...{ artifact, tool: "echo", params, tenant: "t", runtime: "deno" },
      ...more,
    });
    await prover.idle();
  };
  return { prover, runs, finish, proofs: () => book.proofsOf("d") };
}

Deno.test("consider() believes a runtime after enough different inputs", async () => {
  const { finish, proofs, runs } = proving(({ params }) => ({ output: params }));
  for (let n = 1; n < ENOUGH_INPUTS; n += 1) {
    await finish({ n });
    await finish({ n });
    assert.deepEqual(proofs(), []);
  }
  await finish({ n: 0 });
  assert.deepEqual(proofs(), [
    { runtime: "quickjs", tool: "echo", state: "equal", inputs: ENOUGH_INPUTS },
  ]);
  assert.equal(runs.length, 2 * ENOUGH_INPUTS);
  assert.ok(runs.every(({ tenant }) => tenant === "t"), "a caller's input stays the caller's");
});

Deno.test("consider() writes a difference down at once, without what is its caller's", async () => {
  const { finish, proofs } = proving(({ runtime }) => ({ output: `secret of ${runtime}` }));
  await finish({});
  const [proof] = proofs();
  assert.equal(proof?.state, "different");
  assert.doesNotMatch(JSON.stringify(proof), /secret/);
  await finish({ other: 1 });
  assert.equal(proofs().length, 1);
});

Deno.test("consider() shows how results of the package's own examples differ", async () => {
  const examples = [{ tool: "echo", params: 1 }, { tool: "other", params: 2 }];
  const { finish, proofs, runs } = proving(
    ({ runtime }) => ({ output: runtime }),
    { needs: {}, examples },
  );
  await finish("anything");
  assert.equal(proofs()[0]?.diff, '- "deno"\n+ "quickjs"');
  assert.ok(runs.every(({ params, tenant }) => params === 1 && tenant === null));
  const equal = proving(() => ({ output: 1 }), { needs: {}, examples });
  await equal.finish("anything");
  assert.deepEqual(equal.proofs().map(({ state, inputs }) => [state, inputs]), [["equal", 1]]);
  // Again and again only where it is to be seen how long it takes.
  assert.equal(equal.runs.filter(({ runtime }) => runtime === "quickjs").length, ENOUGH_INPUTS);
  assert.equal(equal.runs.length, 1 + ENOUGH_INPUTS);
});

Deno.test("consider() writes down what a tool needs and a runtime has not", async () => {
  const error = new AirlockError("no_runtime", "Running the tool: it uses a secret", {
    details: { lacking: "a caller's secret" },
  });
  const { finish, proofs } = proving(({ runtime }) =>
    runtime === "deno" ? { output: 1 } : { error }
  );
  await finish({});
  assert.deepEqual(proofs().map(({ state, diff }) => [state, diff]), [
    ["lacking", "it uses something"],
  ]);
});

Deno.test("consider() judges nobody by a tool that never gives the same twice", async () => {
  let n = 0;
  const { finish, proofs } = proving(() => ({ output: n += 1 }));
  await finish({});
  assert.equal(proofs()[0]?.state, "unsteady");
});

Deno.test("consider() learns nothing from runs that failed by themselves", async () => {
  const busy = new AirlockError("pool_exhausted", "full");
  const { finish, proofs } = proving(({ runtime }) =>
    runtime === "deno" ? { output: 1 } : { error: busy }
  );
  for (let round = 0; round < 20; round += 1) await finish({ round });
  assert.deepEqual(proofs(), []);
});

Deno.test("consider() runs no tool again that is neither pure nor has examples", async () => {
  const { finish, runs } = proving(() => ({ output: 1 }), { needs: {} });
  await finish({});
  const absent = proving(() => ({ output: 1 }), {
    needs: { pure: true },
    runtimes: [{ runtime: "deno", ok: true }, { runtime: "quickjs", ok: false }],
  });
  await absent.finish({});
  assert.deepEqual([...runs, ...absent.runs], []);
});

Deno.test("consider() goes on looking at a tool that was compared", async () => {
  let differs = false;
  const { finish, proofs } = proving(({ runtime }) => ({
    output: differs && runtime === "quickjs" ? "other" : "same",
  }));
  for (let n = 0; n < ENOUGH_INPUTS; n += 1) await finish({ n });
  assert.equal(proofs()[0]?.state, "equal");
  differs = true;
  for (let n = 0; n < 200; n += 1) await finish({ later: n }, { runtime: "quickjs" });
  assert.equal(proofs()[0]?.state, "different");
});
