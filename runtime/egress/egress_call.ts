import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import type { EgressPort, EgressRecord, EgressRequest, EgressResponse } from "../../spec/egress.ts";
import type { NetGrant } from "../../spec/permissions.ts";
import { type BodyOptions, knownEncodings } from "./body_flow.ts";
import { badRequest, limitReached, notGranted, upstreamFailed } from "./egress_errors.ts";
import type { EgressLimits } from "./egress_limits.ts";
import { createEgressRecords, type OpenRecord } from "./egress_records.ts";
import { followRedirects } from "./follow_redirects.ts";
import { grantCovers, type NetTarget, targetOf } from "./net_grant.ts";
import type { PrivateAllowance } from "./private_allowance.ts";
import { type PulledBody, pulledBody } from "./pulled_body.ts";
import type { Hop } from "./redirect_request.ts";
import { createRequestBody, type RequestBody, wholeRequestBody } from "./request_body.ts";
import { createRequestGate } from "./request_gate.ts";
import { answerHeaders, checkHeaders, checkMethod, declaredLength } from "./request_headers.ts";
import { type HostResolver, type PinnedAddress, resolveHost } from "./resolve_host.ts";
import { responseBody } from "./response_body.ts";
import { type CallAgents, sendHop } from "./send_hop.ts";

/** A request with its body at hand. */
export interface WholeRequest extends Omit<EgressRequest, "body"> {
  readonly body: Uint8Array | null;
}

/** The answer to a {@linkcode WholeRequest}. */
export interface PulledResponse extends Omit<EgressResponse, "body"> {
  readonly body: PulledBody | null;
}

/** One call's way out. Whoever opened it closes it. */
export interface EgressCall extends EgressPort, Disposable {
  /** {@linkcode EgressPort.request} without web streams, which cost more than the rest of it. */
  exchange(request: WholeRequest, signal: AbortSignal): Promise<PulledResponse>;
  /** What went out so far: one record for each hop, refused ones included. */
  records(): EgressRecord[];
  /** Ends everything in flight with `reason`; no socket and no timer is left. Later requests are refused. */
  close(reason?: unknown): void;
}

/** What all calls of one broker share. */
export interface EgressContext {
  readonly allowance: PrivateAllowance;
  readonly limits: EgressLimits;
  readonly resolve: HostResolver;
  readonly now: () => number;
  /** PEM certificates trusted beside the system's. */
  readonly ca: readonly string[] | undefined;
}

const NULL_BODY_STATUS: ReadonlySet<number> = new Set([204, 205, 304]);

/** Opens the way to the network for one call with `grant`. */
export function openEgressCall(grant: NetGrant, context: EgressContext): EgressCall {
  const { limits } = context;
  const records = createEgressRecords(context.now);
  const gate = createRequestGate(limits.concurrentRequests);
  const flights = new Set<AbortController>();
  const names = new Map<string, Promise<readonly PinnedAddress[]>>();
  const agents: CallAgents = {
    http: new http.Agent({ keepAlive: true }),
    https: new https.Agent({ keepAlive: true, ...(context.ca && { ca: [...context.ca] }) }),
  };
  let closed = false;
  let hops = 0;
  let responseBytes = 0;

  function countResponse(bytes: number): void {
    responseBytes += bytes;
    if (responseBytes > limits.totalResponseBytes) {
      throw limitReached("totalResponseBytes", limits.totalResponseBytes);
    }
  }

  /** Names are resolved once a call: what was checked stays what is used, for that port alone. */
  function addressesOf(target: NetTarget): Promise<readonly PinnedAddress[]> {
    const key = keyOf(target);
    const known = names.get(key);
    if (known !== undefined) return known;
    const asked = resolveHost(target, context);
    names.set(key, asked);
    // A failure may pass: ask again next time.
    asked.catch(() => names.delete(key));
    return asked;
  }

  async function sendChecked(hop: Hop, flight: Flight): Promise<IncomingMessage> {
    if (++hops > limits.totalRequests) throw limitReached("totalRequests", limits.totalRequests);
    const target = targetOf(hop.url);
    flight.record?.ended();
    const record = flight.record = records.begin(hop.method, hostOf(hop.url));
    const controller = flight.controller;
    const timer = setTimeout(
      () =>
        controller.abort(upstreamFailed(target.host, {
          state: `no connection within ${limits.connectTimeoutMs} ms`,
          reason: "ETIMEDOUT",
        })),
      limits.connectTimeoutMs,
    );
    try {
      // What has addresses was granted before.
      if (!names.has(keyOf(target)) && !grantCovers(grant, target)) {
        throw notGranted(target, flight.from);
      }
      const addresses = await untilAborted(addressesOf(target), controller.signal);
      const incoming = await sendHop(hop, {
        addresses,
        agents,
        limits,
        body: flight.body,
        bodyBytes: flight.bodyBytes,
        signal: controller.signal,
        onConnected: () => clearTimeout(timer),
        onSent: record.sent,
      });
      record.answered(incoming.statusCode ?? 0);
      return incoming;
    } catch (error) {
      record.failed(error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  function request(wanted: EgressRequest, signal: AbortSignal): Promise<EgressResponse> {
    return send(wanted, {
      signal,
      body: wanted.body === null ? null : createRequestBody(wanted.body, limits),
      read: responseBody,
    });
  }

  async function exchange(wanted: WholeRequest, signal: AbortSignal): Promise<PulledResponse> {
    const body = wanted.body === null ? null : wholeRequestBody(wanted.body, limits);
    return await send(wanted, { signal, body, read: pulledBody });
  }

  async function send<T>(
    wanted: EgressRequest | WholeRequest,
    { signal, body, read }: Sending<T>,
  ): Promise<Omit<EgressResponse, "body"> & { readonly body: T | null }> {
    const controller = new AbortController();
    const forward = () => controller.abort(signal.reason);
    const flight: Flight = { controller, body, bodyBytes: declaredLength(wanted.headers) };
    let leave = () => {};
    const end = () => {
      flight.record?.ended();
      signal.removeEventListener("abort", forward);
      flights.delete(controller);
      if (body?.ended === false) {
        body.cancel(new DOMException("the request has ended", "AbortError"));
      }
      leave();
    };
    try {
      if (closed) throw callEnded();
      if (signal.aborted) throw signal.reason;
      signal.addEventListener("abort", forward, { once: true });
      flights.add(controller);
      const first = firstHop(wanted, limits);
      leave = await gate.enter(controller.signal);
      const { incoming, hop, redirected } = await followRedirects(first, {
        redirect: wanted.redirect,
        body,
        limits,
        send: (next, from) => sendChecked(next, Object.assign(flight, { from })),
      });
      // Some servers label even nothing as encoded, and nothing cannot be decoded.
      const encodings = incoming.headers["content-length"] === "0"
        ? []
        : knownEncodings(incoming.headers["content-encoding"]);
      const status = incoming.statusCode ?? 0;
      const empty = hop.method === "HEAD" || NULL_BODY_STATUS.has(status);
      return {
        status,
        statusText: incoming.statusMessage ?? "",
        headers: answerHeaders(incoming.rawHeaders, !empty && encodings.length > 0),
        url: withoutHash(hop.url.href),
        redirected,
        body: empty ? noBody(incoming, end) : read(incoming, encodings, {
          host: targetOf(hop.url).host,
          limits,
          signal: controller.signal,
          onRaw: (bytes) => flight.record?.received(bytes),
          onDecoded: countResponse,
          onEnd: () => {
            // The other side has said all it will: what is still being sent goes nowhere.
            if (body?.ended === false) controller.abort(new DOMException("answered", "AbortError"));
            end();
          },
        }),
      };
    } catch (error) {
      end();
      throw error;
    }
  }

  function close(reason: unknown = callEnded()): void {
    if (closed) return;
    closed = true;
    for (const controller of flights) controller.abort(reason);
    agents.http.destroy();
    agents.https.destroy();
  }

  return { request, exchange, close, records: records.snapshot, [Symbol.dispose]: () => close() };
}

function callEnded(): Error {
  return upstreamFailed("the network", { state: "the call ended", reason: "closed" });
}

interface Sending<T> {
  readonly signal: AbortSignal;
  readonly body: RequestBody | null;
  /** Makes of the answer's body what is handed on. */
  readonly read: (
    incoming: IncomingMessage,
    encodings: readonly string[],
    options: BodyOptions,
  ) => T;
}

interface Flight {
  readonly controller: AbortController;
  readonly body: RequestBody | null;
  readonly bodyBytes: number | null;
  record?: OpenRecord;
  from?: string;
}

function firstHop(wanted: EgressRequest | WholeRequest, limits: EgressLimits): Hop {
  const url = URL.parse(wanted.url);
  if (url === null) throw badRequest("the URL is not valid");
  if (!/^https?:$/.test(url.protocol)) throw badRequest("only http: and https: URLs are reachable");
  if (url.username !== "" || url.password !== "") {
    throw badRequest("the URL holds credentials; send an authorization header instead");
  }
  if (url.href.length > limits.headerBytes) throw limitReached("headerBytes", limits.headerBytes);
  return {
    method: checkMethod(wanted.method),
    url,
    headers: checkHeaders(wanted.headers, limits),
    hasBody: wanted.body !== null,
  };
}

function noBody(incoming: IncomingMessage, end: () => void): null {
  // Nothing that follows such a head belongs to it.
  incoming.on("error", () => {});
  incoming.resume();
  end();
  return null;
}

/** The first `#` of a URL that was parsed is where its fragment begins. */
function withoutHash(href: string): string {
  const at = href.indexOf("#");
  return at === -1 ? href : href.slice(0, at);
}

function keyOf({ host, port }: NetTarget): string {
  return `${host}:${port}`;
}

function hostOf(url: URL): string {
  return url.port === "" ? targetOf(url).host : `${targetOf(url).host}:${url.port}`;
}

/** `pending`, or a rejection with the signal's reason, whichever comes first. */
function untilAborted<T>(pending: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    pending.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
