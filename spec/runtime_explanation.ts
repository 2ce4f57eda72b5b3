import type { Refusal } from "./execution.ts";
import type { RuntimeKind } from "./sandbox.ts";

/** What was measured of one artifact in one runtime. */
export interface RuntimeMeasure {
  readonly runtime: RuntimeKind;
  /** Calls that the medians rest on; old ones count less. */
  readonly calls: number;
  readonly startMs: number;
  readonly toolMs: number;
  /** Where nothing was warm; absent where that was not seen. */
  readonly coldMs?: number;
}

/** What comparing a runtime's results of one tool for the same inputs with Deno's showed. */
export interface RuntimeProof {
  readonly runtime: RuntimeKind;
  readonly tool: string;
  /**
   * `equal`: for every input tried so far, and enough of them. `unsteady`: two runs in Deno differ
   * from one another, so there is nothing to compare with. `lacking`: it used something that the
   * runtime has not.
   */
  readonly state: "equal" | "different" | "unsteady" | "lacking";
  readonly inputs: number;
  /** How the first pair of results differed, line by line; or what is lacking. */
  readonly diff?: string;
}

/** Why a package's tools run where they do. */
export interface RuntimeExplanation {
  readonly packageName: string;
  readonly version: string;
  /** The tool that was asked for; `null` for the whole package. */
  readonly tool: string | null;
  /** Digest of the artifact. */
  readonly artifact: string;
  /** What would run it; `null` where nothing would. */
  readonly runtime: RuntimeKind | null;
  /** What would take over if that fails, in order. */
  readonly fallbacks: readonly RuntimeKind[];
  readonly refusals: readonly Refusal[];
  readonly measured: readonly RuntimeMeasure[];
  readonly compared: readonly RuntimeProof[];
  /** All of it in sentences, the choice first. */
  readonly words: readonly string[];
}
