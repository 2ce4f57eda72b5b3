import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import type { LookupFunction } from "node:net";
import {
  badRequest,
  fromSystemError,
  limitReached,
  systemCode,
  upstreamFailed,
} from "./egress_errors.ts";
import type { EgressLimits } from "./egress_limits.ts";
import { targetOf } from "./net_grant.ts";
import type { Hop } from "./redirect_request.ts";
import type { RequestBody } from "./request_body.ts";
import { wireHeaders } from "./request_headers.ts";
import type { PinnedAddress } from "./resolve_host.ts";

// As they were at start: both modules can be patched by anything in the process.
const { request: openHttp } = http;
const { request: openHttps } = https;

/** Answers of class 1xx before the real one; without a bound they could go on for ever. */
const MAX_INTERIM_ANSWERS = 32;

/** The connections of one call. Destroy both when it ends. */
export interface CallAgents {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

/** What one hop needs beside itself. */
export interface SendOptions {
  readonly addresses: readonly PinnedAddress[];
  readonly agents: CallAgents;
  readonly limits: EgressLimits;
  readonly body: RequestBody | null;
  /** Length that the tool declared for the body; `null` sends it in chunks. */
  readonly bodyBytes: number | null;
  /** Destroys the connection, with its reason as the error. */
  readonly signal: AbortSignal;
  /** Called when there is a connection ready to carry the request. */
  readonly onConnected: () => void;
  readonly onSent: (bytes: number) => void;
}

/**
 * Sends one hop to the pinned addresses and resolves with the head of the answer. TLS is checked
 * against the URL's name. No proxy of the environment is used.
 * @throws {AirlockError} `upstream_failed`, `resource_limit`, `invalid_input`, or the signal's reason.
 */
export async function sendHop(hop: Hop, options: SendOptions): Promise<IncomingMessage> {
  try {
    return await attempt(hop, { ...options, fresh: false });
  } catch (error) {
    // A kept connection may be closed by the other side in the moment it is used again.
    if (!(error instanceof StaleConnection)) throw error;
    return await attempt(hop, { ...options, fresh: true });
  }
}

class StaleConnection extends Error {
  override readonly name = "StaleConnection";
}

function attempt(
  hop: Hop,
  options: SendOptions & { readonly fresh: boolean },
): Promise<IncomingMessage> {
  const { signal, limits } = options;
  if (signal.aborted) return Promise.reject(signal.reason);
  const { host } = targetOf(hop.url);
  return new Promise((resolve, reject) => {
    const request = openRequest(hop, options);
    let answered = false;
    const onAbort = () => request.destroy(asError(signal.reason));
    signal.addEventListener("abort", onAbort, { once: true });
    request.on("close", () => {
      signal.removeEventListener("abort", onAbort);
      if (answered) return;
      // Node reports an unwanted change of protocol by nothing but this.
      reject(upstreamFailed(host, { state: "closed without an answer", reason: "ECONNRESET" }));
    });
    request.on("socket", (socket) => {
      // Small messages would otherwise wait 40 ms for a delayed acknowledgement.
      socket.setNoDelay(true);
      if (!socket.connecting) options.onConnected();
      else {
        const secure = hop.url.protocol === "https:";
        socket.once(secure ? "secureConnect" : "connect", options.onConnected);
      }
    });
    request.on("error", (error) => {
      if (signal.aborted) return reject(signal.reason);
      const code = systemCode(error);
      if (code === "HPE_HEADER_OVERFLOW") {
        return reject(limitReached("headerBytes", limits.headerBytes));
      }
      const stale = request.reusedSocket && !options.fresh && !hop.hasBody &&
        (code === "ECONNRESET" || code === "EPIPE");
      reject(stale ? new StaleConnection("closed") : fromSystemError(host, error));
    });
    let interim = 0;
    request.on("information", () => {
      if (++interim <= MAX_INTERIM_ANSWERS) return;
      const state = "too many interim answers";
      request.destroy(upstreamFailed(host, { state, reason: "interim" }));
    });
    request.on("response", (incoming) => {
      options.onConnected();
      answered = true;
      resolve(incoming);
    });
    if (!hop.hasBody || options.body === null) request.end();
    else void pump(request, { ...options, body: options.body, reject });
  });
}

function openRequest(
  hop: Hop,
  { addresses, agents, bodyBytes, limits, fresh }: SendOptions & { readonly fresh: boolean },
): ClientRequest {
  const { host, port } = targetOf(hop.url);
  const secure = hop.url.protocol === "https:";
  const bare = host.startsWith("[") ? host.slice(1, -1) : host;
  const options = {
    method: hop.method,
    host: bare,
    port,
    path: hop.url.pathname + hop.url.search,
    headers: wireHeaders(hop, hop.hasBody ? bodyBytes : "none"),
    lookup: pinnedLookup(addresses),
    maxHeaderSize: limits.headerBytes,
  };
  if (!secure) return openHttp({ ...options, agent: fresh ? false : agents.http });
  // Without an agent of its own a fresh connection would lose the trusted certificates.
  const agent = fresh
    ? new https.Agent({ ...agents.https.options, keepAlive: false })
    : agents.https;
  return openHttps({ ...options, agent });
}

/** Answers every question with the addresses that were checked. */
function pinnedLookup(addresses: readonly PinnedAddress[]): LookupFunction {
  return (_host, options, callback) => {
    if (options.all) callback(null, addresses.map((pinned) => ({ ...pinned })));
    else callback(null, addresses[0]!.address, addresses[0]!.family);
  };
}

/** Moves the body out piece by piece, waiting whenever the socket is behind. */
async function pump(
  request: ClientRequest,
  options: SendOptions & { readonly body: RequestBody; readonly reject: (error: unknown) => void },
): Promise<void> {
  const { bodyBytes } = options;
  const next = options.body.open();
  let sent = 0;
  try {
    for (let piece = await next(); piece !== null; piece = await next()) {
      if (request.destroyed) return;
      sent += piece.byteLength;
      // More than declared would be read by the other side as a second request.
      if (bodyBytes !== null && sent > bodyBytes) throw badRequest("the body is too long");
      options.onSent(piece.byteLength);
      if (piece.byteLength > 0 && !request.write(piece)) await drained(request);
    }
    if (request.destroyed) return;
    if (bodyBytes !== null && sent < bodyBytes) throw badRequest("the body is too short");
    request.end();
  } catch (error) {
    options.reject(error);
    request.destroy(asError(error));
  }
}

function drained(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      request.off("drain", done);
      request.off("close", done);
      resolve();
    };
    request.once("drain", done);
    request.once("close", done);
  });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("aborted", { cause: reason });
}
