import { BridgeLog } from "../../bridge/bridge_log.ts";
import { lockBridge } from "../../bridge/bridge_lock.ts";
import { type BridgeNow, writeBridgeState } from "../../bridge/bridge_state.ts";
import { KeptApprovals } from "../../bridge/kept_approvals.ts";
import { processMark } from "../../bridge/process_mark.ts";
import { watchCredentials } from "../../bridge/watch_credentials.ts";
import { runBridge } from "../../bridge/run_bridge.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { CliDeps } from "../cli_deps.ts";
import { printable } from "../printable.ts";
import { LiveView } from "./live_view.ts";
import { isRunning, prepareStart } from "./prepare_start.ts";
import type { StartFlags } from "./start_flags.ts";

/** `airlock bridge start`: runs until interrupted or stopped; then nothing of it is left. */
export async function startBridge(deps: CliDeps, flags: StartFlags): Promise<void> {
  const { paths, credentials, config } = await prepareStart(deps);
  using lock = await lockBridge(paths.lock);
  if (lock === null) throw isRunning();
  const stop = new AbortController();
  using _signals = deps.onSignal(() => stop.abort());
  using log = await BridgeLog.open(paths.log);
  const me = {
    ...{ pid: Deno.pid, mark: await processMark(Deno.pid) ?? null },
    ...{ startedAt: new Date().toISOString(), background: flags.background === true },
  };
  let writing = Promise.resolve();
  const show = (state: BridgeNow) => {
    // One after the other: the last one counts.
    writing = writing.then(() => writeBridgeState(paths.state, { ...me, ...state }));
  };
  show({ gateway: credentials.gateway, connected: false, servers: [] });
  const { terminal } = deps;
  const title = `${config.name} at ${credentials.gateway}`;
  using view = terminal.isInteractive ? new LiveView(terminal, { title }) : null;
  try {
    await runBridge({
      ...{ config, credentials, version: deps.version, environment: deps.environment, log },
      watchCredentials: (onChange) =>
        watchCredentials(paths.credentials, { current: credentials, onChange }),
      onLine(text) {
        if (view === null) terminal.out(`${printable(text)}\n`);
        else view.add(text);
      },
      onState(state) {
        show(state);
        view?.show(state);
      },
      kept: await KeptApprovals.open(paths.approved),
      ...(view && { ask: (question, signal) => view.ask(question, signal) }),
      verbose: flags.verbose === true,
      signal: stop.signal,
    });
    log.write({ kind: "bridge", text: "stopped" });
  } catch (error) {
    // In the background this is the only place where somebody sees it.
    const told = error instanceof AirlockError ? error : undefined;
    const text = [told?.message ?? "it failed", told?.suggestion].filter(Boolean).join(". ");
    log.write({ kind: "bridge", text });
    throw error;
  } finally {
    await writing;
    await Deno.remove(paths.state).catch(() => {
      // Nothing was written before it ended.
    });
  }
  view?.[Symbol.dispose]();
  terminal.out("stopped\n");
}
