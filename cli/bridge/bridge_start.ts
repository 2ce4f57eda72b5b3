import { readCredentials } from "../../bridge/bridge_credentials.ts";
import { BridgeLog } from "../../bridge/bridge_log.ts";
import { readBridgeState, writeBridgeState } from "../../bridge/bridge_state.ts";
import { watchCredentials } from "../../bridge/watch_credentials.ts";
import { runBridge } from "../../bridge/run_bridge.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { CliDeps } from "../cli_deps.ts";
import { printable } from "../printable.ts";
import { configOf, pathsOf } from "./bridge_files.ts";

/** `airlock bridge start`: runs in the foreground until interrupted; then nothing of it is left. */
export async function startBridge(
  deps: CliDeps,
  flags: { readonly verbose?: true },
): Promise<void> {
  const paths = pathsOf(deps);
  const credentials = await readCredentials(paths.credentials);
  if (credentials === null) throw notLoggedIn();
  const running = await readBridgeState(paths.state);
  if (running !== null) throw isRunning(running.pid);
  const config = await configOf(paths);
  if (config.servers.every(({ disabled }) => disabled)) {
    deps.terminal.err("no server is configured: add one with `airlock bridge add`\n");
  }
  const stop = new AbortController();
  using _signals = deps.onSignal(() => stop.abort());
  const startedAt = new Date().toISOString();
  using log = await BridgeLog.open(paths.log);
  let writing = Promise.resolve();
  try {
    await runBridge({
      ...{ config, credentials, version: deps.version, environment: deps.environment },
      log,
      watchCredentials: (onChange) =>
        watchCredentials(paths.credentials, { current: credentials, onChange }),
      onLine: (text) => deps.terminal.out(`${printable(text)}\n`),
      onState: (state) => {
        // One after the other: the last one counts.
        writing = writing.then(() =>
          writeBridgeState(paths.state, { pid: Deno.pid, startedAt, ...state })
        );
      },
      verbose: flags.verbose === true,
      signal: stop.signal,
    });
  } finally {
    await writing;
    await Deno.remove(paths.state).catch(() => {
      // Nothing was written before it ended.
    });
  }
  deps.terminal.out("stopped\n");
}

function notLoggedIn(): AirlockError {
  return new AirlockError("unauthenticated", "start bridge: it is not logged in", {
    stage: "request",
    suggestion: "Run `airlock bridge login --gateway <url> --api-key <key>`.",
  });
}

function isRunning(pid: number): AirlockError {
  return new AirlockError("conflict", `start bridge: it runs already, as process ${pid}`, {
    stage: "request",
    suggestion: "Stop that one first, with Ctrl-C where it runs.",
  });
}
