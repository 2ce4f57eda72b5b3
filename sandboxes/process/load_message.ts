import type { LoadUnit } from "../../spec/sandbox.ts";
import type { HostMessage } from "../protocol/messages.ts";
import type { SpawnCommand } from "./spawn_command.ts";

/**
 * What a guest is told to load: only the parts of `node:` that the code uses are prepared for it,
 * since preparing costs time and memory.
 */
export function loadMessage(
  unit: LoadUnit,
  { url, command }: { readonly url: string; readonly command: SpawnCommand },
): HostMessage {
  const { env, nodeBuiltins, overlapping } = unit;
  // `createRequire` of `node:module` can bring in any other where no reader of the code sees it.
  const known = nodeBuiltins?.includes("module") ? undefined : nodeBuiltins;
  const uses = (name: string) => known?.includes(name) ?? true;
  return {
    type: "load",
    url,
    env,
    nodeHttp: uses("http") || uses("https"),
    nodeFs: uses("fs"),
    nodeOs: uses("os") ? { tmpDirectory: command.env.TMPDIR ?? "/tmp" } : null,
    overlapping,
  };
}
