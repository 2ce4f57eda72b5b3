import { AirlockError } from "../spec/errors.ts";
import type { JsonValue } from "../spec/json.ts";

/**
 * Reads parameters of a call from the command line.
 * @throws {AirlockError} `invalid_input` for what is no JSON.
 */
export function parseParams(text: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The engine's message quotes the text, which may hold a secret.
    throw new AirlockError("invalid_input", "read parameters: not JSON", {
      stage: "request",
      suggestion: `Quote them for the shell: '{"name":"value"}'.`,
      cause,
    });
  }
}
