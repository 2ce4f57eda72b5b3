// Long, since it says of each request which way it goes; the ways are files of their own.
import {
  type AuthInfo,
  createMcpHandler,
  isLegacyRequest,
  type McpHttpHandler,
  type McpRequestContext,
  type Server,
  SERVER_INFO_META_KEY,
} from "@modelcontextprotocol/server";
import { AirlockError } from "../../spec/errors.ts";
import { isJsonObject } from "../../spec/json.ts";
import { askerOf, type SessionAsking } from "../asking/asking_of.ts";
import { newSessionId, sessionAbilities } from "../asking/client_abilities.ts";
import { listenBus } from "../changes/listen_bus.ts";
import { answerCall } from "../server/answer_call.ts";
import { createMcpServer, type McpServerTools, serverInfoOf } from "../server/create_mcp_server.ts";
import { EarlyCall } from "../server/early_call.ts";
import type { McpPart } from "../server/mcp_part.ts";
import { holdUntilRead } from "./hold_until_read.ts";
import { ownerOf } from "./owner_of.ts";
import { type ModernCall, modernCallOf, type PlainCall, plainCallOf } from "./plain_call.ts";
import { refuse } from "./refuse.ts";
import { serveEarly } from "./serve_early.ts";
import { exchangeOf, type RunningExchange, SessionCalls } from "./session_calls.ts";
import { connectionOf, keyOf, SESSION_HEADER, type SessionKey } from "./session_key.ts";
import { serveSession } from "./serve_session.ts";
import { EXCHANGE_TIMES } from "./session_exchange.ts";
import { type SessionMessages, sessionMessages } from "./session_messages.ts";
import { type SentQuestion, SessionQuestions } from "./session_questions.ts";
import { SessionStreams, STREAM_BOUNDS, type StreamBounds } from "./session_streams.ts";

/** Most messages of one body; revision 2025-03-26 knew of several. */
const MAX_MESSAGES = 16;

/** A request that was let in, with its parsed body. */
export interface McpExchange {
  readonly part: McpPart;
  readonly requestId: string;
  /** Absent for methods that have none. */
  readonly body?: unknown;
}

/** MCP over streamable HTTP, for clients of both eras. */
export interface McpHttp {
  /** @throws {AirlockError} `invalid_input` for too many messages at once. */
  fetch(request: Request, exchange: McpExchange): Promise<Response>;
  /** Ends what runs. */
  close(): Promise<void>;
}

interface Session extends Pick<SessionMessages, "ids"> {
  /** `undefined` where the client has none. */
  readonly key: SessionKey | undefined;
}

interface ServedExchange extends McpExchange {
  readonly session?: Session;
  /** Its one call, where that runs already. */
  readonly begun?: EarlyCall;
}

/**
 * Serves revision 2026-07-28, which knows no sessions, and those before it as if they knew none: a
 * session's id is only there to tell which calls a client cancels.
 */
export function createMcpHttp(
  tools: McpServerTools,
  bounds: StreamBounds = STREAM_BOUNDS,
): McpHttp {
  const exchanges = new WeakMap<AuthInfo, ServedExchange>();
  const sessions = new SessionCalls();
  const questions = new SessionQuestions();
  const streams = new SessionStreams(tools.changes, bounds);
  const serve = ({ authInfo }: Pick<McpRequestContext, "authInfo">): Server => {
    const exchange = authInfo === undefined ? undefined : exchanges.get(authInfo);
    if (exchange === undefined) throw new Error("serve MCP: nobody let this request in");
    const { part, requestId, session, begun } = exchange;
    const { key, ids = [] } = session ?? {};
    const { audience } = part;
    const server = createMcpServer(part, {
      ...{ ...tools, requestId: () => requestId, logLevel: key && sessions.levelOf(key) },
      ...{ connection: connectionOf(part, key), begun },
      // Without a session there is no way back to a client of that era.
      session: session && askingOf(questions, key),
      watcher: {
        async watch(uri) {
          if (key === undefined) throw noSession();
          await streams.watch(key, { audience, uri });
        },
        unwatch(uri) {
          if (key !== undefined) streams.unwatch(key, uri);
        },
      },
    });
    if (key !== undefined && ids.length > 0) {
      server.onclose = sessions.begin(key, exchangeOf(server), { ids });
    }
    return server;
  };
  // What is wrong with a request is in its answer, and what is wrong with us is told by the server.
  const modern = createMcpHandler(serve, { legacy: "reject" });
  const early = new Set<RunningExchange>();
  const listeners = new Map<Pick<McpHttpHandler, "close">, string>();

  const handOver = async (
    request: Request,
    { patienceMs, ...exchange }: ServedExchange & { readonly patienceMs?: number },
  ): Promise<Response> => {
    const authInfo = admit(exchange);
    exchanges.set(authInfo, exchange);
    const server = serve({ authInfo });
    return await serveSession(request, { server, authInfo, body: exchange.body, patienceMs });
  };

  const fetchCall = async (
    request: Request,
    exchange: McpExchange,
    { id, ...call }: PlainCall,
  ): Promise<Response> => {
    const { part, requestId } = exchange;
    const key = keyOf(request, part);
    const abilities = key === undefined ? [] : sessionAbilities(key.sessionId);
    const client = abilities.length === 0 ? undefined : {
      ...{ abilities },
      ...askerOf({ owner: ownerOf(part.audience.caller), connection: connectionOf(part, key) }),
    };
    const begun = new EarlyCall(
      client,
      (how) => answerCall(part, { ...call, ...how, requestId }, tools),
    );
    return await serveEarly(request, {
      ...{ begun, patienceMs: EXCHANGE_TIMES.patienceMs },
      hold: (running) => key && sessions.begin(key, running, { ids: [id] }),
      message: (result) => ({ result, jsonrpc: "2.0", id }),
      handOver: (patienceMs) =>
        handOver(request, { ...exchange, session: { key, ids: [id] }, begun, patienceMs }),
      // As for whatever has no answer: a cancelled request has none.
      leftStatus: 202,
    });
  };

  const fetchModernCall = async (
    request: Request,
    exchange: McpExchange,
    { id, abilities, ...call }: ModernCall,
  ): Promise<Response> => {
    const { part, requestId, body } = exchange;
    const asker = ownerOf(part.audience.caller);
    const client = abilities.length === 0 ? undefined : { abilities, asker, isMany: true };
    const begun = new EarlyCall(
      client,
      (how) => answerCall(part, { ...call, ...how, requestId }, tools),
    );
    const _meta = { [SERVER_INFO_META_KEY]: serverInfoOf(part, tools.version) };
    return await serveEarly(request, {
      begun,
      hold(running) {
        early.add(running);
        return () => void early.delete(running);
      },
      message: (result) => ({
        ...{ result: { ...result, resultType: "complete", _meta }, jsonrpc: "2.0", id },
      }),
      async handOver() {
        const authInfo = admit(exchange);
        exchanges.set(authInfo, { ...exchange, begun });
        return await modern.fetch(request, { authInfo, parsedBody: body });
      },
      leftStatus: 499,
    });
  };

  const fetchSession = async (request: Request, exchange: McpExchange): Promise<Response> => {
    const key = keyOf(request, exchange.part);
    if (request.method === "DELETE") {
      if (key !== undefined) {
        streams.end(key);
        await sessions.end(key);
      }
      return new Response(null, { status: 200 });
    }
    if (request.method === "GET" && key !== undefined) {
      const opened = streams.open(key, exchange.part.audience);
      if (opened !== null) return opened;
    }
    const session = { key, ...sessionMessages(exchange.body) };
    if (key !== undefined) {
      const isAwaited = session.answers.map((answer) => questions.answer(key, answer));
      await note(sessions, { ...session, key });
      // Another gateway may wait for it: only the client can begin again.
      if (isAwaited.includes(false) && session.ids.length === 0) return notAwaited();
    }
    if (request.method !== "POST") return notAllowed();
    const response = await handOver(request, { ...exchange, session });
    if (session.begins && response.ok) {
      response.headers.set(SESSION_HEADER, newSessionId(session.abilities));
    }
    return response;
  };

  return {
    async fetch(request, exchange) {
      const { body } = exchange;
      const call = plainCallOf(request, body);
      if (call !== undefined) return await fetchCall(request, exchange, call);
      const modernCall = modernCallOf(request, body);
      if (modernCall !== undefined) return await fetchModernCall(request, exchange, modernCall);
      if (Array.isArray(body) && body.length > MAX_MESSAGES) throw tooMany();
      if (await isLegacyRequest(request, body)) return await fetchSession(request, exchange);
      const authInfo = admit(exchange);
      exchanges.set(authInfo, exchange);
      if (!isListening(body)) return await modern.fetch(request, { authInfo, parsedBody: body });
      const owner = ownerOf(exchange.part.audience.caller);
      const own = [...listeners.values()].filter((one) => one === owner).length;
      const { maxStreams, maxStreamsPerOwner, maxMs } = bounds;
      if (own >= maxStreamsPerOwner || listeners.size >= maxStreams) throw tooManyStreams();
      // Its own handler, or it would hear what is nobody's business but another's.
      const bus = listenBus(tools.changes, { audience: exchange.part.audience, body });
      const listening = createMcpHandler(serve, { legacy: "reject", bus });
      const response = await listening.fetch(request, { authInfo, parsedBody: body });
      const timer = setTimeout(() => void listening.close(), maxMs);
      listeners.set(listening, owner);
      return holdUntilRead(response, () => {
        clearTimeout(timer);
        listeners.delete(listening);
      });
    },
    async close() {
      streams[Symbol.dispose]();
      await Promise.all([modern, ...early, ...listeners.keys()].map((one) => one.close()));
    },
  };
}

function askingOf(questions: SessionQuestions, key: SessionKey | undefined): SessionAsking {
  return {
    abilities: key === undefined ? [] : sessionAbilities(key.sessionId),
    async ask(question, { context, signal, server }) {
      if (key === undefined) throw new Error("ask client: it has no session");
      const relatedRequestId = context.mcpReq.id;
      const send = async (message: SentQuestion) => {
        const sent = { ...message, params: { ...message.params } };
        await server.transport?.send(sent, { relatedRequestId });
      };
      return await questions.ask(key, question, { send, signal });
    },
  };
}

function isListening(body: unknown): boolean {
  return isJsonObject(body) && body["method"] === "subscriptions/listen";
}

async function note(
  sessions: SessionCalls,
  { key, cancels, level }: SessionMessages & { readonly key: SessionKey },
): Promise<void> {
  if (level !== undefined) sessions.setLevel(key, level);
  for (const { requestId, ...more } of cancels) await sessions.cancel(key, requestId, more);
}

function notAllowed(): Response {
  return refuse("Method not allowed.", { status: 405, headers: { allow: "POST, DELETE" } });
}

/** What cannot be accepted is answered with an error of HTTP, says the transport's specification. */
function notAwaited(): Response {
  return refuse("Bad Request: nobody waits here for that answer; call again what asked for it", {
    status: 400,
  });
}

/** What the SDK passes on to our servers: who it is has been found out before, by the gateway. */
function admit({ part: { audience: { caller } } }: McpExchange): AuthInfo {
  return { token: "", clientId: ownerOf(caller), scopes: [...caller.scopes] };
}

function noSession(): AirlockError {
  return new AirlockError("invalid_input", "watch resource: the client has no session", {
    stage: "request",
    suggestion: "Begin one with initialize, and send its id as mcp-session-id.",
  });
}

function tooManyStreams(): AirlockError {
  return new AirlockError("rate_limited", "listen for changes: too many streams are open", {
    stage: "request",
    suggestion: "Close some, or ask for the lists from time to time.",
  });
}

function tooMany(): AirlockError {
  return new AirlockError("invalid_input", `read messages: more than ${MAX_MESSAGES} at once`, {
    stage: "request",
    suggestion: "Send one message in each request.",
  });
}
