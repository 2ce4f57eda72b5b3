import { createHash } from "node:crypto";
import type { Artifact } from "../../../spec/artifact.ts";
import type { JsonValue } from "../../../spec/json.ts";
import type { RuntimeProof } from "../../../spec/runtime_explanation.ts";
import type { RuntimeKind } from "../../../spec/sandbox.ts";
import { canonicalJson } from "../../../spec/canonical_json.ts";
import { compareOutcomes, type RunOutcome } from "./compare_outcomes.ts";
import { lackingWords } from "../../lacking_of.ts";
import { ProofQueue } from "./proof_queue.ts";

/** One input to run somewhere, with no permissions and no environment. */
export interface ProofRun {
  readonly artifact: Artifact;
  readonly tool: string;
  readonly params: JsonValue;
  /** `null`: the input is the package's own example. */
  readonly tenant: string | null;
  readonly runtime: RuntimeKind;
  readonly signal: AbortSignal;
}

/** What a {@linkcode Prover} works with. */
export interface ProverOptions {
  /** Runs one input in an instance that nobody was in. Never rejects. */
  readonly run: (run: ProofRun) => Promise<RunOutcome>;
  /** Keeps an artifact on disk; `undefined` where it is gone. */
  readonly hold: (digest: string) => Promise<Disposable | undefined>;
  readonly proofsOf: (digest: string) => readonly RuntimeProof[];
  readonly prove: (digest: string, proof: RuntimeProof) => void;
  /** Before each piece of work. */
  readonly pauseMs?: number;
  /** Told what nobody foresaw: comparing is a favour, so no call fails with it. */
  readonly onFailure: (error: unknown) => void;
  /** What results are compared with. */
  readonly reference: RuntimeKind;
  /** What is to be promoted. */
  readonly candidate: RuntimeKind;
}

/** A call that went well, without environment, egress or stream. */
export interface FinishedCall {
  readonly artifact: Artifact;
  readonly tool: string;
  readonly params: JsonValue;
  readonly tenant: string;
  readonly runtime: RuntimeKind;
}

/** Inputs with equal results from which a runtime is believed. */
export const ENOUGH_INPUTS = 6;
/** Of calls of tools that were compared, every so many is compared again. */
const CHECK_EVERY = 128;
/** By then the call that was looked at has been answered. */
const PAUSE_MS = 250;
/** Shown instead of what differs where that is a caller's. */
const PRIVATE_DIFF = "the results of a call; they are its caller's, so they are not shown";

/**
 * Runs the inputs of pure tools, and the examples of packages, in two runtimes in the background, one
 * at a time, and writes down whether the results are equal.
 */
export class Prover implements AsyncDisposable {
  readonly #options: ProverOptions;
  readonly #queue: ProofQueue;
  /** Calls of compared tools since the last check. */
  #unchecked = 0;

  constructor(options: ProverOptions) {
    this.#options = options;
    this.#queue = new ProofQueue(options.pauseMs ?? PAUSE_MS);
  }

  /** Resolves when nothing is waiting to be compared. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /** Looks at a call; returns at once. */
  consider(call: FinishedCall): void {
    const { artifact: { manifest }, tool } = call;
    const { candidate } = this.#options;
    if (!manifest.runtimes.some(({ runtime, ok }) => runtime === candidate && ok)) return;
    const proof = this.#proofOf(call);
    if (proof !== undefined && proof.state !== "equal") return;
    if (proof !== undefined) return this.#checkAgain(call);
    const examples = (manifest.examples ?? []).filter((example) => example.tool === tool);
    if (examples.length > 0) {
      return this.#enqueue(call, "examples", async (signal) => {
        const inputs = examples.map(({ params }) => params);
        await this.#compareAll(call, { inputs, tenant: null, signal });
      });
    }
    if (manifest.needs.pure !== true || call.runtime !== this.#options.reference) return;
    this.#enqueue(call, hashOf(call.params), async (signal) => {
      await this.#compareAll(call, { inputs: [call.params], tenant: call.tenant, signal });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue[Symbol.asyncDispose]();
  }

  /**
   * Another input may show what the first ones did not, or that the candidate is faster than it was
   * when the machine was busy.
   */
  #checkAgain(call: FinishedCall): void {
    if (call.artifact.manifest.needs.pure !== true) return;
    this.#unchecked += 1;
    if (this.#unchecked < CHECK_EVERY) return;
    this.#unchecked = 0;
    this.#enqueue(call, hashOf(call.params), async (signal) => {
      await this.#compareAll(call, { inputs: [call.params], tenant: call.tenant, signal });
    });
  }

  #enqueue(call: FinishedCall, what: string, work: (signal: AbortSignal) => Promise<void>): void {
    const subject = `${call.artifact.digest} ${call.tool}`;
    this.#queue.add({ subject, key: `${subject} ${what}` }, async (signal) => {
      try {
        using hold = await this.#options.hold(call.artifact.digest);
        if (hold !== undefined) await work(signal);
      } catch (error) {
        this.#options.onFailure(error);
      }
    });
  }

  async #compareAll(
    call: FinishedCall,
    { inputs, tenant, signal }: {
      readonly inputs: readonly JsonValue[];
      readonly tenant: string | null;
      readonly signal: AbortSignal;
    },
  ): Promise<void> {
    const { artifact, tool } = call;
    const subject = { artifact, tool, tenant, signal };
    // Few examples are run again and again: that shows how long the candidate takes.
    const rounds = tenant === null ? Math.max(inputs.length, ENOUGH_INPUTS) : inputs.length;
    const enough = Math.max(rounds, ENOUGH_INPUTS);
    const expected: RunOutcome[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const index = round % inputs.length;
      const run = { ...subject, params: inputs[index] ?? null };
      expected[index] ??= await this.#options.run({ ...run, runtime: this.#options.reference });
      const comparison = await this.#compare(run, expected[index]);
      if (signal.aborted || comparison === null) return;
      const { digest } = artifact;
      const known = this.#proofOf(call);
      const seen = this.#queue.count(`${digest} ${tool}`, comparison.kind === "equal" ? 1 : 0);
      const different = tenant === null ? Math.min(seen, inputs.length) : seen;
      const inputsSeen = Math.max(known?.inputs ?? 0, different);
      if (comparison.kind === "equal" && seen < enough) continue;
      if (comparison.kind === "equal") this.#write(call, { state: "equal", inputs: inputsSeen });
      else {
        const { state } = comparison;
        const isShown = tenant === null || state === "lacking";
        const diff = isShown ? comparison.diff : PRIVATE_DIFF;
        return this.#write(call, { state, inputs: inputsSeen + 1, diff });
      }
    }
  }

  /** `null` where nothing was learned. */
  async #compare(
    run: Omit<ProofRun, "runtime">,
    expected: RunOutcome,
  ): Promise<
    { kind: "equal" } | { kind: "other"; state: RuntimeProof["state"]; diff: string } | null
  > {
    const { reference, candidate } = this.#options;
    const found = await this.#options.run({ ...run, runtime: candidate });
    const first = compareOutcomes(expected, found);
    if (first.kind === "nothing") return null;
    if (first.kind === "equal") return { kind: "equal" };
    if (first.kind === "lacking") {
      return {
        kind: "other",
        state: "lacking",
        diff: lackingWords(first.what, run.artifact.manifest.uses),
      };
    }
    // A tool that gives another result every time proves nothing either way.
    const again = compareOutcomes(
      expected,
      await this.#options.run({ ...run, runtime: reference }),
    );
    if (again.kind === "nothing") return null;
    if (again.kind === "different") return { kind: "other", state: "unsteady", diff: again.diff };
    if (again.kind === "lacking") return null;
    return { kind: "other", state: "different", diff: first.diff };
  }

  #proofOf({ artifact, tool }: FinishedCall): RuntimeProof | undefined {
    return this.#options.proofsOf(artifact.digest).find((proof) =>
      proof.runtime === this.#options.candidate && proof.tool === tool
    );
  }

  #write(call: FinishedCall, proof: Pick<RuntimeProof, "state" | "inputs" | "diff">): void {
    const { candidate, prove } = this.#options;
    prove(call.artifact.digest, { runtime: candidate, tool: call.tool, ...proof });
  }
}

function hashOf(params: JsonValue): string {
  return createHash("sha256").update(canonicalJson(params)).digest("base64url");
}
