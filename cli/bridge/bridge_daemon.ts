import { endBridge } from "../../bridge/end_bridge.ts";
import { readBridgeState } from "../../bridge/bridge_state.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { CliDeps } from "../cli_deps.ts";
import { pathsOf } from "./bridge_files.ts";
import { prepareStart } from "./prepare_start.ts";
import { BACKGROUND_FLAG } from "./start_flags.ts";

/** How long it is waited for until it is connected. */
const PATIENCE_MS = 30_000;
const LOOK_MS = 50;

/** How long a bridge may take to end its servers. */
const GRACE_MS = 15_000;

/**
 * `airlock bridge start --daemon`: starts it in the background, and says when it is connected.
 * @throws {AirlockError} as `start` does; `upstream_failed` where it has ended by then.
 */
export async function startDaemon(deps: CliDeps): Promise<void> {
  const { paths, config, credentials } = await prepareStart(deps);
  const { pid, ended } = deps.startAgain(["bridge", "start", BACKGROUND_FLAG]);
  let hasEnded = false;
  ended.then(() => hasEnded = true);
  const endMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const state = await readBridgeState(paths.state);
    if (state?.pid === pid && state.connected) break;
    if (hasEnded) throw endedAtOnce();
    if (performance.now() > endMs) {
      deps.terminal.out(`started as process ${pid}, not connected to ${credentials.gateway} yet\n`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  deps.terminal.out(
    `started as process ${pid}, connected to ${credentials.gateway} as ${config.name}\n`,
  );
}

/**
 * `airlock bridge stop`: ends the bridge that runs, wherever it was started.
 * @throws {AirlockError} `conflict` where the system does not say whether it is the same process.
 */
export async function stopBridge(deps: CliDeps): Promise<void> {
  const state = await readBridgeState(pathsOf(deps).state);
  if (state === null) return deps.terminal.out("it does not run\n");
  const ended = await endBridge(state, { graceMs: GRACE_MS });
  if (ended === "unknown") throw cannotTell(state.pid);
  deps.terminal.out(ended === "ended" ? "stopped\n" : "killed, since it did not end by itself\n");
}

function endedAtOnce(): AirlockError {
  return new AirlockError("upstream_failed", "start bridge: it has ended at once", {
    suggestion: "See why with `airlock bridge logs`.",
    retryable: false,
  });
}

function cannotTell(pid: number): AirlockError {
  return new AirlockError(
    "conflict",
    `stop bridge: this system does not say whether process ${pid} is still the bridge`,
    { stage: "request", suggestion: "Press Ctrl-C where it runs, or end the process yourself." },
  );
}
