import type { RuntimeVerdict } from "../../spec/artifact.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { Refusal } from "../../spec/execution.ts";
import type {
  RuntimeExplanation,
  RuntimeMeasure,
  RuntimeProof,
} from "../../spec/runtime_explanation.ts";
import type { Selection, SelectRuntime } from "./select_runtime.ts";
import type { EvidenceOf, ProofOf, SelectionChoice } from "./selection_context.ts";

/** What an explanation is made from. */
export interface ExplainTools {
  readonly select: SelectRuntime;
  readonly evidenceOf: EvidenceOf;
  readonly proofOf: ProofOf;
}

/** Says in words where a call would run, and why not elsewhere. Chooses, but runs nothing. */
export function explainChoice(
  choice: SelectionChoice,
  tools: ExplainTools,
): RuntimeExplanation {
  const { digest, manifest: { resolved } } = choice.artifact;
  const { selection, refusals } = trySelect(choice, tools.select);
  const measured = Object.entries(tools.evidenceOf(digest)).map(([runtime, seen]) => ({
    runtime: runtime as RuntimeMeasure["runtime"],
    ...seen,
  }));
  const compared = tools.proofOf(digest);
  return {
    packageName: resolved.packageName,
    version: resolved.version,
    tool: choice.tool,
    artifact: digest,
    runtime: selection?.runtime ?? null,
    fallbacks: selection?.fallbacks ?? [],
    refusals,
    measured,
    compared,
    words: [
      ...choiceWords(selection),
      ...refusals.map(({ runtime, by, reason }) => `${runtime} would not (${by}): ${reason}`),
      ...choice.artifact.manifest.runtimes.flatMap(remarkWords),
      ...measured.map(measureWords),
      ...compared.map(proofWords),
    ],
  };
}

function trySelect(
  choice: SelectionChoice,
  select: SelectRuntime,
): { readonly selection: Selection | null; readonly refusals: readonly Refusal[] } {
  try {
    const selection = select(choice);
    return { selection, refusals: selection.refusals };
  } catch (error) {
    if (!(error instanceof AirlockError) || error.code !== "no_runtime") throw error;
    // Selection itself made the error, with its refusals as they are.
    return { selection: null, refusals: error.details.refusals as readonly Refusal[] };
  }
}

function choiceWords(selection: Selection | null): string[] {
  if (selection === null) return ["nothing here would run it"];
  const { runtime, because, fallbacks } = selection;
  const words = [`${runtime} would run it: ${because}`];
  if (fallbacks.length > 0) words.push(`${fallbacks.join(", then ")} would take over if it fails`);
  return words;
}

function remarkWords({ runtime, remark }: RuntimeVerdict): string[] {
  return remark === undefined ? [] : [`${runtime}: ${remark}`];
}

function measureWords({ runtime, calls, startMs, toolMs, coldMs }: RuntimeMeasure): string {
  const cold = coldMs === undefined ? "" : `, ${coldMs.toFixed(1)} ms where nothing was warm`;
  return `in ${runtime} its calls took ${toolMs.toFixed(1)} ms after ${startMs.toFixed(1)} ms to ` +
    `start${cold} (median of about ${Math.round(calls)})`;
}

function proofWords({ runtime, tool, state, inputs, diff }: RuntimeProof): string {
  const words = {
    equal: `gave the same results for ${inputs} inputs`,
    different: `gave another result for one of ${inputs} inputs`,
    lacking: `is refused: ${diff ?? "it uses something missing"}, which is not there`,
    unsteady: "was not compared further: two runs in Deno differ from one another",
  };
  return `${tool} in ${runtime} ${words[state]}`;
}
