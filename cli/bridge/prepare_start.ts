import type { BridgeConfig } from "../../bridge/bridge_config.ts";
import { type BridgeCredentials, readCredentials } from "../../bridge/bridge_credentials.ts";
import type { BridgePaths } from "../../bridge/bridge_paths.ts";
import { readBridgeState } from "../../bridge/bridge_state.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { CliDeps } from "../cli_deps.ts";
import { configOf, pathsOf } from "./bridge_files.ts";

/** What a bridge is started with. */
export interface PreparedStart {
  readonly paths: BridgePaths;
  readonly credentials: BridgeCredentials;
  readonly config: BridgeConfig;
}

/**
 * Reads what a bridge is started with.
 * @throws {AirlockError} `unauthenticated` where it is not logged in, `conflict` where one runs,
 * `invalid_input`.
 */
export async function prepareStart(deps: CliDeps): Promise<PreparedStart> {
  const paths = pathsOf(deps);
  const credentials = await readCredentials(paths.credentials);
  if (credentials === null) throw notLoggedIn();
  const running = await readBridgeState(paths.state);
  if (running !== null) throw isRunning(running.pid);
  const config = await configOf(paths);
  if (config.servers.every(({ disabled }) => disabled)) {
    deps.terminal.err("no server is configured: add one with `airlock bridge add`\n");
  }
  return { paths, credentials, config };
}

/** Says that there is a bridge already. */
export function isRunning(pid?: number): AirlockError {
  const whose = pid === undefined ? "" : `, as process ${pid}`;
  return new AirlockError("conflict", `start bridge: it runs already${whose}`, {
    stage: "request",
    suggestion: "End that one first with `airlock bridge stop`.",
  });
}

function notLoggedIn(): AirlockError {
  return new AirlockError("unauthenticated", "start bridge: it is not logged in", {
    stage: "request",
    suggestion: "Run `airlock bridge login --gateway <url>`.",
  });
}
