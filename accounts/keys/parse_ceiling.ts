import type { CallCeiling } from "../../spec/account.ts";
import { AirlockError } from "../../spec/errors.ts";
import { ceilingSchema } from "./key_record.ts";

/**
 * Reads a ceiling from JSON text.
 * @throws {AirlockError} `invalid_input` that names what is wrong.
 */
export function parseCeiling(text: string): CallCeiling {
  const parsed = ceilingSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") || "it";
  throw wrongCeiling(`${where}: ${issue?.message ?? "not a ceiling"}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Where JSON ends to be JSON is of no help in a shell, where quotes get lost.
    throw wrongCeiling("it is not JSON");
  }
}

function wrongCeiling(state: string): AirlockError {
  return new AirlockError("invalid_input", `read ceiling: ${state}`, {
    stage: "request",
    suggestion: `Give members of permissions, limits and runtimes, such as '{"limits":` +
      `{"timeoutMs":5000},"permissions":{"net":["api.example.com"],"netDirect":[],"fs":"none"}}'.`,
  });
}
