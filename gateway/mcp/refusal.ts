import { AirlockError } from "../../spec/errors.ts";
import type { ExecutionResult } from "../../spec/execution.ts";

/** A call's failure as an error; a success that nobody took is a fault of ours. */
export function refusal(result: ExecutionResult): AirlockError {
  if (result.success) return new AirlockError("internal", "call tool: its answer was lost");
  const { code, error, ...more } = result;
  return new AirlockError(code, error, more);
}
