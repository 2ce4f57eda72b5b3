import { AirlockError } from "../../../spec/errors.ts";
import { lackingOf } from "../../lacking_of.ts";
import type { JsonValue } from "../../../spec/json.ts";
import { describeDifference } from "./describe_difference.ts";

/** How one run of a tool ended. */
export type RunOutcome = { readonly output: JsonValue } | { readonly error: unknown };

/** What two outcomes for the same input say: nothing, where either says nothing of the tool. */
export type Comparison =
  | { readonly kind: "equal" }
  | { readonly kind: "nothing" }
  /** The other one has not what the tool uses. */
  | { readonly kind: "lacking"; readonly what: string }
  | { readonly kind: "different"; readonly diff: string };

/**
 * Compares encoded results. A tool that throws in one runtime only differs; one that throws in both
 * is not compared, since engines word their errors differently.
 */
export function compareOutcomes(reference: RunOutcome, other: RunOutcome): Comparison {
  if ("output" in reference && "output" in other) {
    // Order of members counts: it is what the caller would get.
    if (JSON.stringify(reference.output) === JSON.stringify(other.output)) return { kind: "equal" };
    return { kind: "different", diff: describeDifference(reference.output, other.output) };
  }
  if ("error" in reference && "error" in other) return { kind: "nothing" };
  const lacking = "error" in other ? lackingOf(other.error) : null;
  if (lacking !== null) return { kind: "lacking", what: lacking };
  const failed = "error" in reference ? reference.error : "error" in other ? other.error : null;
  // Full pools, deadlines and limits are of the run, not of the tool.
  if (!(failed instanceof AirlockError) || failed.code !== "tool_error") return { kind: "nothing" };
  const words = `throws ${failed.message.slice(0, 200)}`;
  const ends = "output" in reference
    ? [linesOf("-", reference.output), `+ ${words}`]
    : [`- ${words}`, "output" in other ? linesOf("+", other.output) : ""];
  return { kind: "different", diff: ends.join("\n") };
}

function linesOf(mark: "-" | "+", output: JsonValue): string {
  return `${mark} ${JSON.stringify(output).slice(0, 200)}`;
}
