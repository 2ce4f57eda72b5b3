import type { BridgeConfig } from "./bridge_config.ts";
import type { BridgeCredentials } from "./bridge_credentials.ts";
import type { BridgeLog } from "./bridge_log.ts";
import type { BridgeNow } from "./bridge_state.ts";
import { CallBook } from "./call_book.ts";
import { CallRefusal } from "./call_refusal.ts";
import { findAnswer, shownCall } from "./find_answer.ts";
import { GatewayLine } from "./gateway_line.ts";
import type { KeptApprovals } from "./kept_approvals.ts";
import { previewArgs } from "./preview_args.ts";
import { type AskApproval, ToolApprovals } from "./tool_approvals.ts";
import { ToolServers } from "./tool_servers.ts";

/** What a bridge is run with. */
export interface RunBridgeOptions {
  readonly config: BridgeConfig;
  readonly credentials: BridgeCredentials;
  readonly version: string;
  /** Of this process: servers are given a few of its variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: BridgeLog;
  /** Tells of a key that took the place of the first one. */
  readonly watchCredentials?: (onChange: (now: BridgeCredentials) => void) => Disposable;
  /** Begins without a WebSocket. */
  readonly polls?: boolean;
  /** A line for whoever looks on. */
  readonly onLine: (text: string) => void;
  /** Each time that something of it has changed. */
  readonly onState: (state: BridgeNow) => void;
  /** Tools that were approved for good, none where absent; and who is asked about others, if anybody. */
  readonly kept?: KeptApprovals;
  readonly ask?: AskApproval;
  /** Whether whoever looks on is shown arguments. */
  readonly verbose: boolean;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** What programs need to run at all; nothing that may be a secret. */
const COMMON_VARIABLES = [
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ", "TMPDIR", "TERM"],
  ...["DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"],
  ...["NO_COLOR", "APPDATA", "LOCALAPPDATA", "SYSTEMROOT", "TEMP", "USERPROFILE"],
];

const SERVER_PAUSE_MS = 500;
const MAX_SERVER_PAUSE_MS = 30_000;
const START_TIMEOUT_MS = 60_000;
/** How long a slow server keeps the others from being registered. */
const PATIENCE_MS = 5_000;
const LINE_PAUSE_MS = 250;
const MAX_LINE_PAUSE_MS = 30_000;
/** Several servers that change at once are told of together. */
const TELL_MS = 50;
/** How long whoever is at the machine may think about a call. */
const ANSWER_MS = 60_000;
/** For the last words to be written. */
const LAST_WORDS_MS = 100;

/**
 * Starts the servers of a configuration, connects to the gateway and answers its calls until the signal
 * aborts. Then no server is left, and calls that ran are answered with an error.
 * @throws {AirlockError} as {@linkcode GatewayLine.run} does.
 */
export async function runBridge(options: RunBridgeOptions): Promise<void> {
  const { config, credentials, version, log, onLine, verbose, signal, kept, ask } = options;
  const approvals = new ToolApprovals({ kept, ask, answerMs: ANSWER_MS });
  const say = (text: string) => {
    log.write({ kind: "bridge", text });
    onLine(text);
  };
  const { gateway } = credentials;
  let telling: ReturnType<typeof setTimeout> | undefined;
  const showState = () =>
    options.onState({
      gateway,
      connected: line.isConnected,
      servers: servers.all.map(({ config: { id }, state, tools }) => ({
        ...{ id, state },
        tools: tools.length,
      })),
    });
  const said = new Map<string, string>();
  const onChange = () => {
    telling ??= setTimeout(() => {
      telling = undefined;
      for (const { config: { id }, state, tools } of servers.all) {
        const text = state === "ready" ? `${id}: ready, ${tools.length} tools` : `${id}: ${state}`;
        if (said.get(id) !== text) say(text);
        said.set(id, text);
      }
      line.tell();
      showState();
    }, TELL_MS);
  };
  await using servers = new ToolServers(config.servers, {
    version,
    env: commonVariables(options.environment),
    wrapper: await deathWrapper(),
    ...{ pauseMs: SERVER_PAUSE_MS, maxPauseMs: MAX_SERVER_PAUSE_MS },
    startTimeoutMs: START_TIMEOUT_MS,
    onChange,
    onLog: ({ server, text }) => log.write({ kind: "server", server, text }),
  });
  const book = new CallBook({
    find: (call) => findAnswer(call, { servers, approvals }),
    send: (text) => line.write(text),
    onCall: (call) => {
      const { toolName, args } = shownCall(call);
      if (verbose) onLine(`→ ${call.serverId} ${toolName} ${previewArgs(args)}`);
    },
    onEnd: ({ call, outcome, durationMs }) => {
      const { callId, serverId, caller } = call;
      const { toolName, args } = shownCall(call);
      const ms = Math.round(durationMs);
      log.write({
        ...{ kind: "call", callId, server: serverId, tool: toolName, outcome, ms },
        ...{ caller: `${caller.kind} ${caller.id}`, args: previewArgs(args) },
      });
      onLine(
        `${outcome === "ok" ? "✓" : "✗"} ${serverId} ${toolName} ${ms} ms ${
          outcome === "ok" ? "" : outcome
        }`.trimEnd(),
      );
    },
  });
  const line: GatewayLine = new GatewayLine({
    ...{ credentials, name: config.name, clientVersion: version, os: Deno.build.os },
    offered: () => servers.offered(),
    known: () => book.known(),
    onRegistered: ({ resumed }) => {
      if (resumed) book.resend();
      else book.forget();
      say(`connected to ${gateway} as ${config.name}`);
      showState();
    },
    onMessage: (message) => book.take(message),
    onRenewed: ({ accepted }) => {
      say(accepted ? "goes on with the other key" : "the gateway does not take the other key");
    },
    polls: options.polls,
    onDown: (why) => {
      say(`not connected: ${why}`);
      showState();
    },
    ...{ pauseMs: LINE_PAUSE_MS, maxPauseMs: MAX_LINE_PAUSE_MS },
  });
  using _watching = options.watchCredentials?.((now) => line.renew(now));
  const stopLine = new AbortController();
  const stop = async () => {
    book.endAll(new CallRefusal("cancelled", "the bridge was stopped"));
    await new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS));
    stopLine.abort();
  };
  let stopping: Promise<void> | undefined;
  const onAbort = () => stopping ??= stop();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await startedWithin(servers, PATIENCE_MS);
    if (signal.aborted) onAbort();
    await line.run(stopLine.signal);
  } finally {
    clearTimeout(telling);
    signal.removeEventListener("abort", onAbort);
    await stopping;
  }
}

async function startedWithin(servers: ToolServers, patienceMs: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, patienceMs);
  await Promise.race([servers.started(), late.promise]);
  clearTimeout(timer);
}

function commonVariables(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(COMMON_VARIABLES.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value]];
  }));
}

/** Where the machine can, a server dies with a bridge that is killed. */
async function deathWrapper(): Promise<readonly string[]> {
  if (Deno.build.os !== "linux") return [];
  for (const path of ["/usr/bin/setpriv", "/bin/setpriv"]) {
    try {
      if ((await Deno.stat(path)).isFile) return [path, "--pdeathsig", "KILL", "--"];
    } catch {
      // Not there: servers then end when their stdin does, as MCP has it.
    }
  }
  return [];
}
