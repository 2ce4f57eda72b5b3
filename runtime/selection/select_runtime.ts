import { AirlockError } from "../../spec/errors.ts";
import type { Refusal } from "../../spec/execution.ts";
import type { RuntimeProof } from "../../spec/runtime_explanation.ts";
import type { IsolationLevel, RuntimeKind } from "../../spec/sandbox.ts";
import { orderOffers } from "./order_offers.ts";
import type {
  EvidenceOf,
  ProofOf,
  RuntimeOffer,
  SelectionChoice,
  SelectionContext,
} from "./selection_context.ts";
import { SELECTION_STAGES } from "./selection_stages.ts";

/** The runtime for a call, and why the others were not chosen. */
export interface Selection {
  readonly runtime: RuntimeKind;
  /** Half a sentence that goes on after the runtime's name. */
  readonly because: string;
  /** Runtimes that could take over if the chosen one fails, best first. */
  readonly fallbacks: readonly RuntimeKind[];
  readonly refusals: readonly Refusal[];
}

/** @throws {AirlockError} `no_runtime` when every runtime refuses, with each one's reason. */
export type SelectRuntime = (choice: SelectionChoice) => Selection;

/** Makes the selection of one gateway. `runtimes` are in order of preference. */
export function createSelectRuntime(options: {
  readonly runtimes: readonly RuntimeOffer[];
  readonly minIsolation: IsolationLevel;
  readonly evidenceOf?: EvidenceOf;
  readonly proofOf?: ProofOf;
}): SelectRuntime {
  const { runtimes, minIsolation, evidenceOf = () => ({}), proofOf = () => [] } = options;
  return (choice) => {
    const { digest } = choice.artifact;
    const proofs = proofOf(digest).filter((proof) =>
      choice.tool === null || choice.tool === proof.tool
    );
    const context: SelectionContext = {
      ...choice,
      minIsolation,
      evidence: evidenceOf(digest),
      proofs,
      proven: provenBy(proofs),
    };
    const refusals: Refusal[] = [];
    const able = runtimes.filter((offer) => {
      const refusal = refusalOf(offer, context);
      if (refusal !== null) refusals.push(refusal);
      return refusal === null;
    });
    const { offers: [best, ...others], because } = orderOffers(able, context);
    if (best === undefined) throw noRuntime(choice, refusals);
    return { runtime: best.kind, because, fallbacks: others.map(({ kind }) => kind), refusals };
  };
}

function provenBy(proofs: readonly RuntimeProof[]): Set<RuntimeKind> {
  const proven = new Set(proofs.map(({ runtime }) => runtime));
  for (const { runtime, state } of proofs) if (state !== "equal") proven.delete(runtime);
  return proven;
}

function refusalOf(offer: RuntimeOffer, context: SelectionContext): Refusal | null {
  for (const stage of SELECTION_STAGES) {
    const reason = stage.check(offer, context);
    if (reason !== null) return { runtime: offer.kind, by: stage.name, reason };
  }
  return null;
}

function noRuntime(choice: SelectionChoice, refusals: readonly Refusal[]): AirlockError {
  const isAsked = refusals.some(({ by }) => by === "caller");
  // Where the caller asked for one runtime, what the others say about that is of no interest.
  const telling = refusals.filter(({ by }) => by !== "caller");
  const reasons = telling.map(({ runtime, reason }) => `${runtime}: ${reason}`).join("; ");
  const state = reasons === "" ? `${choice.wanted ?? "no runtime"} is not available here` : reasons;
  return new AirlockError("no_runtime", `Choosing a runtime: ${state}`, {
    stage: "select",
    suggestion: isAsked
      ? "Leave out runtime, to let the gateway choose"
      : "Change what the refusals in details name, or use another version of the package",
    details: { refusals },
  });
}
