import type { Transport } from "@modelcontextprotocol/client";
import type { EgressCall } from "../../runtime/egress/egress_call.ts";
import type { PrivateAllowance } from "../../runtime/egress/private_allowance.ts";
import type { NetGrant } from "../../spec/permissions.ts";
import { setImmediate } from "node:timers";
import type { McpAbility } from "../../spec/mcp_asking.ts";
import { capabilitiesOf } from "../asking/client_abilities.ts";
import { checkPlace } from "./check_place.ts";
import { createGuardedFetch } from "./guarded_fetch.ts";
import { tieStreams } from "./tie_streams.ts";
import { Upstream } from "./upstream.ts";
import { statusOf } from "./upstream_errors.ts";
import type { UpstreamLimits } from "./upstream_limits.ts";
import type {
  CommandPlace,
  UpstreamPlace,
  UpstreamTransport,
  UrlPlace,
} from "./upstream_target.ts";

/** What connections are opened with. */
export interface ConnectTools {
  /** A way out that refuses private addresses, unless configuration names them. */
  readonly openEgress: (grant: NetGrant, signal: AbortSignal) => EgressCall;
  /** Places to which what is not encrypted may go. */
  readonly allowance: PrivateAllowance;
  /** Commands that the operator lets be started, word by word. */
  readonly commands: readonly (readonly string[])[];
  /** The whole environment of children. */
  readonly childEnv: Readonly<Record<string, string>>;
  readonly killMarked: (mark: string) => void;
  readonly limits: UpstreamLimits;
  readonly version: string;
  readonly nowMs: () => number;
}

/** A connection, or why there is none, with what a child wrote to stderr either way. */
export interface ConnectAttempt {
  readonly upstream: Promise<Upstream>;
  readonly stderr: () => string;
}

/** How long a child that knows no newer protocol may be silent. */
const PROBE_MS = 3_000;

/** Answers of servers that are spoken to otherwise. */
const OTHER_TRANSPORT: ReadonlySet<number> = new Set([400, 404, 405, 406, 415, 501]);

/**
 * Begins to connect to another server. Nothing of it is left where that fails.
 * @throws {AirlockError} `permission_denied` where it must not be connected to; `upstream_failed`,
 * `deadline_exceeded`: by rejecting.
 */
export function connectUpstream(
  place: UpstreamPlace,
  tools: AskingTools,
): ConnectAttempt {
  let stderr = () => "";
  const connect = async () => {
    checkPlace(place, tools);
    if (place.kind === "url") return await connectUrl(place, tools);
    return await connectCommand(place, tools, (read) => stderr = read);
  };
  return { upstream: connect(), stderr: () => stderr() };
}

async function connectUrl(place: UrlPlace, tools: AskingTools): Promise<Upstream> {
  const { StreamableHTTPClientTransport, SSEClientTransport } = await sdk();
  const url = new URL(place.url);
  const open = async (kind: "streamable-http" | "sse") => {
    const guarded = createGuardedFetch(url, { ...tools, headers: place.headers });
    const transport = kind === "sse"
      ? new SSEClientTransport(url, { fetch: guarded.fetch })
      : new StreamableHTTPClientTransport(url, { fetch: guarded.fetch });
    return await handshake(transport, { tools, kind, onEnd: () => guarded[Symbol.dispose]() });
  };
  if (place.transport !== null) return await open(place.transport);
  try {
    return await open("streamable-http");
  } catch (error) {
    if (!OTHER_TRANSPORT.has(statusOf(error) ?? 0)) throw error;
    try {
      return await open("sse");
    } catch {
      // What the newer transport was told says more: hardly anything speaks the older one.
      throw error;
    }
  }
}

async function connectCommand(
  { command }: CommandPlace,
  tools: AskingTools,
  onStderr: (read: () => string) => void,
): Promise<Upstream> {
  const { ChildTransport } = await import("./child_transport.ts");
  const open = async (mode: "auto" | "legacy") => {
    const { childEnv: env, killMarked, limits } = tools;
    const child = new ChildTransport({ command, env, killMarked, limits });
    onStderr(() => child.stderr);
    return await handshake(child, { tools, kind: "stdio", mode, onEnd: () => child.close() });
  };
  try {
    return await open("auto");
  } catch {
    // Some older servers end when they are asked what they do not know; anything else fails again.
    return await open("legacy");
  }
}

type AskingTools = ConnectTools & { readonly abilities?: readonly McpAbility[] };

interface Handshake {
  readonly tools: AskingTools;
  readonly kind: UpstreamTransport;
  readonly mode?: "auto" | "legacy";
  /** Ends what is below the transport. */
  readonly onEnd: () => void | Promise<void>;
}

async function handshake(
  transport: Transport,
  { tools, kind, mode = "auto", onEnd }: Handshake,
): Promise<Upstream> {
  const { Client } = await sdk();
  const { limits, version, nowMs, abilities = [] } = tools;
  const client = new Client({ name: "airlock", title: "Airlock", version }, {
    // What the client behind us can be asked, and nothing else. Lists are read and kept here, with
    // bounds of ours.
    capabilities: capabilitiesOf(abilities),
    inputRequired: { autoFulfill: abilities.length > 0 },
    versionNegotiation: { mode, ...(kind === "stdio" && { probe: { timeoutMs: PROBE_MS } }) },
  });
  let streams: Disposable | undefined;
  const close = async () => {
    streams?.[Symbol.dispose]();
    // What is below ends it, whether or not the server likes to say farewell.
    const closing = client.close().catch(() => {});
    await onEnd();
    await closing;
  };
  const upstream = new Upstream({ client, transport: kind, limits, close, nowMs, abilities });
  try {
    const timeout = limits.connectTimeoutMs;
    await client.connect(transport, { timeout, signal: AbortSignal.timeout(timeout) });
    letNotificationsFirst(transport);
    if (kind === "streamable-http") streams = tieStreams(transport);
    if (client.getProtocolEra() === "legacy" && client.getServerCapabilities()?.logging) {
      await client.setLoggingLevel("debug", { timeout });
    }
    // Where somebody can be asked there is a connection beside it.
    if (abilities.length === 0) {
      upstream.listen().catch(() => {
        // It does not tell: its lists are read again in time.
      });
    }
    return upstream;
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * The SDK hands a notification over a moment later than an answer that came after it, and what belongs to
 * an answered call is then dropped: the last progress and the last line of its log.
 */
function letNotificationsFirst(transport: Transport): void {
  const deliver = transport.onmessage;
  let hasNotified = false;
  transport.onmessage = (message, extra) => {
    if ("method" in message) {
      hasNotified = true;
      setImmediate(() => hasNotified = false);
    } else if (hasNotified) return void setImmediate(() => deliver?.(message, extra));
    deliver?.(message, extra);
  };
}

/** Loaded with the first connection. */
function sdk() {
  return import("@modelcontextprotocol/client");
}
