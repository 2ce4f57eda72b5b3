import type { CallGrant } from "../../spec/call_grant.ts";
import { AirlockError } from "../../spec/errors.ts";

/** What a tool threw, kept values made unreadable in its words: errors travel further than results. */
export function redactThrown(error: unknown, { redact }: Pick<CallGrant, "redact">): unknown {
  if (redact === undefined || !(error instanceof AirlockError)) return error;
  const message = redact(error.message);
  const details = Object.fromEntries(
    Object.entries(error.details).map(([name, value]) => [
      name,
      typeof value === "string" ? redact(value) : value,
    ]),
  );
  const { code, stage, suggestion, retryable, retryAfterMs } = error;
  const told = suggestion === undefined ? undefined : redact(suggestion);
  const more = { stage, suggestion: told, retryable, retryAfterMs, details };
  // Without its cause, which says the same in full.
  return new AirlockError(code, message, more);
}
