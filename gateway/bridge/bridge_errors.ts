import type { BridgeFailure } from "../../bridge/protocol.ts";
import { AirlockError, type ErrorCode } from "../../spec/errors.ts";

/** What callers are told wherever no bridge can be reached: a contract, word by word. */
export const NOT_CONNECTED =
  "Bridge not connected. Run `airlock bridge start` on your machine to enable local tools.";

const CODES: Readonly<Record<BridgeFailure, ErrorCode>> = {
  server_unavailable: "upstream_failed",
  tool_not_found: "tool_not_found",
  not_offered: "not_found",
  not_allowed: "permission_denied",
  invalid_arguments: "invalid_input",
  failed: "upstream_failed",
  cancelled: "upstream_failed",
  deadline_exceeded: "deadline_exceeded",
  too_large: "payload_too_large",
  busy: "rate_limited",
};

/** No bridge is there; nothing was sent to one. */
export function notConnected(): AirlockError {
  return new AirlockError("bridge_disconnected", NOT_CONNECTED, {
    stage: "acquire",
    suggestion: "Start it, and call again.",
  });
}

/** The bridge went away with the call: whether the tool ran is not known. */
export function connectionLost(cause?: unknown): AirlockError {
  return new AirlockError("bridge_disconnected", "call bridge: the connection was lost meanwhile", {
    stage: "execute",
    suggestion: "Call again if the tool may run twice: it may have run.",
    details: { mayHaveRun: true },
    cause,
  });
}

/** The tool did not end in time. */
export function tooLate(timeoutMs: number): AirlockError {
  return new AirlockError("deadline_exceeded", `call bridge: not done within ${timeoutMs} ms`, {
    stage: "execute",
    suggestion: "Ask the tool for less at a time.",
    details: { timeoutMs },
  });
}

/** More calls than the bridge's owner may make of it. */
export function tooManyCalls(limit: number, retryAfterMs: number): AirlockError {
  return new AirlockError("rate_limited", `call bridge: more than ${limit} calls a minute`, {
    stage: "request",
    suggestion: "Call again later.",
    retryAfterMs: Math.ceil(retryAfterMs),
  });
}

/** The tool is in the collection, but its bridge does not offer it now. */
export function notOffered(name: string): AirlockError {
  return new AirlockError("tool_not_found", `call bridge: it does not offer ${name} now`, {
    stage: "resolve",
    suggestion: "Look at `airlock bridge status` on your machine.",
  });
}

/** The tool says something else of itself than what its owner put into the collection. */
export function definitionChanged(toolId: string): AirlockError {
  return new AirlockError("quarantined", "call bridge: the tool's definition has changed", {
    stage: "resolve",
    suggestion: "Look at what it says now, and add it to the collection again.",
    details: { tool: toolId },
  });
}

/** A bridge of a version that only tells what else its servers offer. */
export function tooOldForLibrary(): AirlockError {
  return new AirlockError(
    "upstream_failed",
    "ask bridge: the one on your machine is too old to share resources and prompts",
    {
      stage: "acquire",
      suggestion: "Update `airlock` there, and run `airlock bridge start` again.",
      retryable: false,
    },
  );
}

/** Not what servers on somebody's machine are asked for. */
export function notForBridges(method: string): AirlockError {
  return new AirlockError("invalid_input", `ask bridge: ${method} cannot be asked for like this`, {
    stage: "request",
    suggestion:
      "Read resources that resources/list shows, and get prompts with texts as arguments.",
  });
}

/** An answer that is more than a client is given at a time. */
export function libraryTooLarge(limit: number): AirlockError {
  return new AirlockError(
    "payload_too_large",
    `ask bridge: the answer has more than ${limit} characters`,
    { stage: "encode", suggestion: "Ask for something smaller, or read it with a tool in parts." },
  );
}

/** What a bridge says of a call that it did not answer. Its words are shown to its own owner only. */
export function bridgeFailure(code: BridgeFailure, message: string): AirlockError {
  const words = message.replaceAll(/\p{C}+/gu, " ").replace(/[. ]+$/, "").slice(0, 500);
  return new AirlockError(CODES[code], `call bridge: ${words || code}`, {
    stage: "execute",
    suggestion: "Look at `airlock bridge logs` on your machine.",
    details: { bridge: code },
  });
}

/** What a bridge answered is not what MCP allows. */
export function malformedResult(): AirlockError {
  return new AirlockError("upstream_failed", "call bridge: the answer is not a result of MCP", {
    stage: "encode",
    suggestion: "Look at what the server answers, with `airlock bridge logs` on your machine.",
    retryable: false,
  });
}
