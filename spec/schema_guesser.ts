import type { JsonSchema } from "./json.ts";
import type { StepOptions } from "./artifact.ts";

/** What is known of a tool whose parameters nobody describes. */
export interface GuessSubject {
  readonly packageName: string;
  readonly toolName: string;
  readonly description: string;
  /** What its code and its declarations gave away, one line each. */
  readonly hints: readonly string[];
}

/**
 * The last step where code, package and declarations say nothing of a tool's parameters: somebody
 * who guesses, such as a language model. None is set by default.
 *
 * What it answers is checked and mended as any schema is, has the strategy `model`, and is advisory:
 * it never refuses a call. It is given nothing that is not public in the package.
 */
export interface SchemaGuesser {
  /**
   * @returns `null` where it does not know.
   * @throws {AirlockError} `upstream_failed`; the signal's reason.
   */
  guess(subject: GuessSubject, options: StepOptions): Promise<JsonSchema | null>;
}
