import type { JsonValue } from "./json.ts";
import type { SourceKind } from "./tool.ts";

/** Runs a call somewhere else than in a sandbox; it is counted, bounded and logged as every other. */
export interface Elsewhere {
  /** For the log of calls. */
  readonly source: SourceKind;
  /**
   * Makes the call.
   * @throws {AirlockError} for whatever is not an answer of the tool.
   */
  readonly run: (signal: AbortSignal) => Promise<ElsewhereAnswer>;
}

/** What a tool elsewhere answered. */
export interface ElsewhereAnswer {
  readonly output: JsonValue;
  /** What it says where the tool itself failed; `null` where it did not. */
  readonly failure: string | null;
}
