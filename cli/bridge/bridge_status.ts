import { readCredentials } from "../../bridge/bridge_credentials.ts";
import { followLog } from "../../bridge/follow_log.ts";
import { readPrivate } from "../../bridge/private_file.ts";
import { type BridgeState, readBridgeState } from "../../bridge/bridge_state.ts";
import type { CliDeps } from "../cli_deps.ts";
import { formatTable } from "../format_table.ts";
import { printable } from "../printable.ts";
import { pathsOf } from "./bridge_files.ts";

/** `airlock bridge status`: whether it runs, is connected, and what its servers do. */
export async function showStatus(deps: CliDeps, flags: { readonly json?: true }): Promise<void> {
  const paths = pathsOf(deps);
  const [state, credentials] = await Promise.all([
    readBridgeState(paths.state),
    readCredentials(paths.credentials),
  ]);
  const gateway = credentials?.gateway ?? null;
  if (flags.json) return deps.terminal.out(`${JSON.stringify({ gateway, running: state })}\n`);
  const facts = [
    ["gateway", gateway ?? "not logged in"],
    ["bridge", state === null ? "not running" : runningAs(state)],
    ["connected", state?.connected ? "yes" : "no"],
    ...(state?.servers ?? []).map(({ id, state, tools }) => [id, `${state}, ${tools} tools`]),
  ];
  deps.terminal.out(formatTable(facts));
}

/** `airlock bridge logs`: the last lines of what it did, and what it does from then on. */
export async function showLogs(
  deps: CliDeps,
  { lines, follow }: { readonly lines: number; readonly follow?: true },
): Promise<void> {
  const { log } = pathsOf(deps);
  const text = await readPrivate(log) ?? "";
  const last = text.split("\n").filter((line) => line !== "").slice(-lines);
  for (const line of last) deps.terminal.out(`${printable(line)}\n`);
  if (!follow) return;
  const stop = new AbortController();
  using _signals = deps.onSignal(() => stop.abort());
  await followLog(log, {
    ...{ fromBytes: new TextEncoder().encode(text).length, signal: stop.signal },
    onText: (added) => deps.terminal.out(printable(added)),
  });
}

function runningAs({ pid, startedAt, background }: BridgeState): string {
  return `process ${pid} since ${startedAt}, in the ${background ? "background" : "foreground"}`;
}
