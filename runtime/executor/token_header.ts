import { AirlockError } from "../../spec/errors.ts";
import type { RemoteExecutorChoice } from "../../spec/executor_choice.ts";

/**
 * The header by which an executor knows us; none where it has no token.
 * @throws {AirlockError} `invalid_input` for a token that no header can hold: one that ends early would
 * let the rest of it be another header.
 */
export function tokenHeader(
  { token }: Pick<RemoteExecutorChoice, "token">,
): readonly [string, string][] {
  if (token === undefined) return [];
  if (!/^[\x20-\x7e]+$/.test(token)) {
    throw new AirlockError(
      "invalid_input",
      "ask executor: its secret is more than a line of ASCII",
      {
        stage: "execute",
        suggestion: "Store the secret again, on one line, of letters, digits and signs.",
      },
    );
  }
  return [["authorization", `Bearer ${token}`]];
}
