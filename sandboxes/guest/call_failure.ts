import type { CallFailure } from "../protocol/messages.ts";
import {
  EncodeError,
  InvalidInputError,
  OutputTooLargeError,
  ToolNotFoundError,
} from "./guest_errors.ts";
import { describeFailure } from "./tool_failure.ts";

/** What the gateway is told of whatever a call threw. Never throws. */
export function failureOf(thrown: unknown): CallFailure {
  try {
    return ownFailure(thrown) ?? { kind: "threw", thrown: describeFailure(thrown) };
  } catch {
    // A proxy that refuses even to be asked what it is.
    return { kind: "threw", thrown: { name: "Error", message: "threw something unreadable" } };
  }
}

function ownFailure(thrown: unknown): CallFailure | null {
  if (ToolNotFoundError.isOwn(thrown)) {
    return { kind: "not-found", available: thrown.available };
  }
  if (InvalidInputError.isOwn(thrown)) return { kind: "invalid-input", issues: thrown.issues };
  if (EncodeError.isOwn(thrown)) {
    return { kind: "not-encodable", path: thrown.path, reason: thrown.reason };
  }
  if (OutputTooLargeError.isOwn(thrown)) {
    return { kind: "output-too-large", limitBytes: thrown.limitBytes };
  }
  return null;
}
