import { AirlockError } from "../spec/errors.ts";

/**
 * Lets a change through that was made from what is there now.
 * @throws {AirlockError} `precondition_failed` where it has changed since the caller looked.
 */
export function requireRevision(current: number, seen: number | undefined): void {
  if (seen === undefined || seen === current) return;
  throw new AirlockError("precondition_failed", "change: it has changed since you looked", {
    stage: "request",
    suggestion: "Read it again, and change what is there now.",
    details: { revision: current },
  });
}
