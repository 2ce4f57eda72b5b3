import { type BridgeConfig, nameOfHost, readBridgeConfig } from "../../bridge/bridge_config.ts";
import { type BridgePaths, bridgePaths } from "../../bridge/bridge_paths.ts";
import { AirlockError } from "../../spec/errors.ts";
import type { CliDeps } from "../cli_deps.ts";

/** Where whoever runs a command has their bridge. @throws {AirlockError} `invalid_input`. */
export function pathsOf({ environment }: Pick<CliDeps, "environment">): BridgePaths {
  const home = environment.HOME ?? environment.USERPROFILE;
  if (home !== undefined && home !== "") return bridgePaths(home);
  throw new AirlockError("invalid_input", "find configuration: HOME is not set", {
    stage: "request",
    suggestion: "Set HOME to the directory of your user.",
  });
}

/** The configuration, or an empty one for this machine. @throws {AirlockError} `invalid_input`. */
export async function configOf(paths: BridgePaths): Promise<BridgeConfig> {
  return await readBridgeConfig(paths.config) ?? { name: nameOfHost(Deno.hostname()), servers: [] };
}
