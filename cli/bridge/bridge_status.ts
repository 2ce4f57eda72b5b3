import { readCredentials } from "../../bridge/bridge_credentials.ts";
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

/** `airlock bridge logs`: the last lines of what it did. */
export async function showLogs(deps: CliDeps, flags: { readonly lines: number }): Promise<void> {
  const text = await readPrivate(pathsOf(deps).log) ?? "";
  const lines = text.split("\n").filter((line) => line !== "").slice(-flags.lines);
  for (const line of lines) deps.terminal.out(`${printable(line)}\n`);
}

function runningAs({ pid, startedAt, background }: BridgeState): string {
  return `process ${pid} since ${startedAt}, in the ${background ? "background" : "foreground"}`;
}
