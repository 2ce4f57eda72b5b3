import {
  type AuthInfo,
  isInitializeRequest,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResponse,
  type JSONRPCMessage,
  type RequestId,
  type Server,
  SUPPORTED_PROTOCOL_VERSIONS,
} from "@modelcontextprotocol/server";
import { refuse } from "./refuse.ts";
import { EXCHANGE_TIMES, SessionExchange } from "./session_exchange.ts";

/** A request of the session era that was let in. */
export interface SessionRequest {
  readonly server: Server;
  readonly authInfo: AuthInfo;
  readonly body: unknown;
  /** How long it still has until it is answered by a stream. */
  readonly patienceMs?: number;
}

/** Answers a `POST` of the session era by a server made for it alone, as revision 2025-11-25 says. */
export async function serveSession(
  request: Request,
  { server, authInfo, body, patienceMs = EXCHANGE_TIMES.patienceMs }: SessionRequest,
): Promise<Response> {
  const accept = request.headers.get("accept") ?? "";
  if (!accept.includes("application/json") || !accept.includes("text/event-stream")) {
    return refuse("Not Acceptable: accept application/json and text/event-stream", { status: 406 });
  }
  const messages = Array.isArray(body) ? body : [body];
  if (messages.length === 0 || !messages.every(isMessage)) {
    return refuse("Parse error: Invalid JSON-RPC message", { status: 400, code: -32700 });
  }
  const begins = messages.some(isInitialize);
  if (begins && messages.length > 1) {
    return refuse("Invalid Request: only one initialization request is allowed", {
      status: 400,
      code: -32600,
    });
  }
  const version = request.headers.get("mcp-protocol-version");
  if (!begins && version !== null && !SUPPORTED_PROTOCOL_VERSIONS.includes(version)) {
    const supported = SUPPORTED_PROTOCOL_VERSIONS.join(", ");
    return refuse(
      `Bad Request: Unsupported protocol version: ${version} (supported versions: ${supported})`,
      { status: 400 },
    );
  }
  const ids = messages.flatMap((one): RequestId[] =>
    "method" in one && "id" in one ? [one.id] : []
  );
  const times = { ...EXCHANGE_TIMES, patienceMs };
  const exchange = new SessionExchange(ids, { isBatch: Array.isArray(body), times });
  await server.connect(exchange);
  const end = () => void exchange.close();
  if (request.signal.aborted) end();
  request.signal.addEventListener("abort", end, { once: true });
  for (const message of messages) exchange.onmessage?.(message, { authInfo, request });
  if (ids.length === 0) await exchange.close();
  return await exchange.response;
}

function isMessage(one: unknown): one is JSONRPCMessage {
  return isJSONRPCRequest(one) || isJSONRPCNotification(one) || isJSONRPCResponse(one);
}

function isInitialize(one: JSONRPCMessage): boolean {
  // The look at the whole message is dear where it is none.
  return "method" in one && one.method === "initialize" && isInitializeRequest(one);
}
