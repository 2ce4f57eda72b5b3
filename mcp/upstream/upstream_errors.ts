import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from "@modelcontextprotocol/client";
import { AirlockError } from "../../spec/errors.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { UpstreamLimits } from "./upstream_limits.ts";

/** Longest text of another server that an error repeats. */
const MAX_TEXT_CHARACTERS = 2_000;

/** What an HTTP status of a server most likely means. */
const STATUS_ADVICE: Readonly<Record<number, string>> = {
  401: "Check the headers that the server is sent: it does not know them.",
  403: "Check the headers that the server is sent: they do not allow this.",
  404: "Check the URL of the server.",
  405: "Check the URL of the server.",
  429: "Wait: the server has had too many requests.",
};

/** A place that must not be connected to. */
export function refusedPlace(state: string, suggestion: string): AirlockError {
  return new AirlockError("permission_denied", `connect to MCP server: ${state}`, {
    ...{ stage: "execute", suggestion },
  });
}

/** One of {@linkcode UpstreamLimits} was reached by what a server sent. */
export function beyond(limit: keyof UpstreamLimits, value: number): AirlockError {
  return new AirlockError("resource_limit", `read from MCP server: more than ${limit} allows`, {
    stage: "execute",
    suggestion: "The server sends more than is taken from one; ask whoever runs it for less.",
    details: { limit: `mcp.${limit}`, value },
  });
}

/** No answer in time. `what` is an action. */
export function tooLate(what: string, timeoutMs: number): AirlockError {
  return new AirlockError("deadline_exceeded", `${what}: no answer within ${timeoutMs} ms`, {
    stage: "execute",
    suggestion: "Try again later, or give the server a longer timeout.",
    details: { timeoutMs },
  });
}

/**
 * What went wrong with another server, in our words. What it says itself is told only where it is an
 * answer to a request; never what addresses and systems between here and there said.
 */
export function upstreamError(what: string, error: unknown): AirlockError {
  if (error instanceof ProtocolError) return refusedByServer(what, error);
  if (error instanceof SdkHttpError) return httpFailure(what, error);
  const own = ownError(error);
  if (own !== undefined) return inWords(what, own);
  if (error instanceof SdkError) return failed(what, SDK_STATES[error.code], error);
  return failed(what, undefined, error);
}

const SDK_STATES: Readonly<Partial<Record<SdkErrorCode, string>>> = {
  [SdkErrorCode.ConnectionClosed]: "it closed the connection",
  [SdkErrorCode.NotConnected]: "it closed the connection",
  [SdkErrorCode.InvalidResult]: "its answer is not one of MCP",
  [SdkErrorCode.UnsupportedResultType]: "it asks for input, and the client cannot be asked",
  [SdkErrorCode.RequestTimeout]: "it does not answer",
};

/** Whether a server does not know a session of its own any more, so that nothing was done. */
export function isSessionGone(error: unknown): boolean {
  return error instanceof SdkHttpError && error.status === 404;
}

/** The HTTP status that a server refused with; `undefined` where it did otherwise. */
export function statusOf(error: unknown): number | undefined {
  return causes(error).find((one) => one instanceof SdkHttpError)?.status;
}

/** Codes of JSON-RPC that are not about the server. */
const SERVER_CODES: Readonly<Record<number, "invalid_input" | "not_found">> = {
  // What was sent is not what the tool takes.
  [-32602]: "invalid_input",
  // There is no such resource.
  [-32002]: "not_found",
};

function refusedByServer(what: string, error: ProtocolError): AirlockError {
  const text = error.message.slice(0, MAX_TEXT_CHARACTERS);
  const code = SERVER_CODES[error.code] ?? "upstream_failed";
  return new AirlockError(code, `${what}: the server refused: ${text}`, {
    stage: "execute",
    suggestion: "Read what the server says, and call it otherwise.",
    retryable: false,
    details: { upstreamCode: error.code } satisfies JsonObject,
    cause: error,
  });
}

function httpFailure(what: string, error: SdkHttpError): AirlockError {
  return new AirlockError("upstream_failed", `${what}: the server answers HTTP ${error.status}`, {
    stage: "execute",
    suggestion: STATUS_ADVICE[error.status] ?? "Try again later; the server itself failed.",
    details: { upstreamStatus: error.status },
    cause: error,
  });
}

function inWords(what: string, error: AirlockError): AirlockError {
  if (error.code === "upstream_failed") return failed(what, "it cannot be reached", error);
  if (error.code !== "permission_denied") return error;
  return new AirlockError("upstream_failed", `${what}: its address is not public`, {
    stage: "execute",
    suggestion: "The gateway's operator can allow it with AIRLOCK_NET_ALLOW_PRIVATE.",
    retryable: false,
    cause: error,
  });
}

function failed(what: string, state = "it does not answer as an MCP server does", cause: unknown) {
  return new AirlockError("upstream_failed", `${what}: ${state}`, {
    stage: "execute",
    suggestion: "Try again later; `airlock mcp test` shows how the server is.",
    cause,
  });
}

function ownError(error: unknown): AirlockError | undefined {
  return causes(error).find((one) => one instanceof AirlockError);
}

/** Most causes that are looked at: they may go round in a circle. */
const MAX_CAUSES = 8;

function causes(error: unknown): unknown[] {
  const found: unknown[] = [];
  for (let one = error; one instanceof Error && found.length < MAX_CAUSES; one = one.cause) {
    found.push(one);
    if (one instanceof SdkError && one.data instanceof Error) found.push(one.data);
  }
  return found;
}
