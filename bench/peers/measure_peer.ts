import { join } from "node:path";
import { COMPARED_PARAMS, COMPARED_TOOL, COMPARED_TOOL_NAME } from "../sandboxes/compared_tool.ts";
import { installPeer } from "./install_peer.ts";
import type { Peer } from "./peers.ts";
import { runCommand } from "./run_command.ts";

/** What a program in `programs/` prints as its last line. */
export interface PeerSamples {
  readonly coldMs: readonly number[];
  readonly warmMs: readonly number[];
}

/** What peers are measured with. */
export interface PeerPlan {
  readonly directory: string;
  readonly nodeMajor: number | null;
  readonly coldRounds: number;
  readonly warmCalls: number;
  /** A plug-in, for peers that run no JavaScript. */
  readonly plugin: {
    readonly file: string;
    readonly toolName: string;
    readonly input: string;
  };
}

const RUN_TIMEOUT_MS = 180_000;

/** Installs and runs a peer. @throws {Error} in words for a row of the report. */
export async function measurePeer(
  peer: Peer,
  { directory, nodeMajor, coldRounds, warmCalls, plugin }: PeerPlan,
): Promise<PeerSamples> {
  const place = join(directory, peer.program.replace(".mjs", ""));
  await installPeer(place, { peer, nodeMajor });
  const plan = JSON.stringify({
    ...{ coldRounds, warmCalls, plugin },
    ...{ module: COMPARED_TOOL, toolName: COMPARED_TOOL_NAME, params: COMPARED_PARAMS },
  });
  const deno = ["run", "-A", "--no-lock", "--node-modules-dir=manual"];
  const stdout = await runCommand(peer.host === "deno" ? Deno.execPath() : "node", {
    args: [...peer.host === "deno" ? deno : [], ...peer.args, peer.program, plan],
    cwd: place,
    timeoutMs: RUN_TIMEOUT_MS,
  });
  return parseSamples(stdout);
}

/** @throws {Error} when the last line is not what was asked for. */
function parseSamples(stdout: string): PeerSamples {
  const last: unknown = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  if (typeof last === "object" && last !== null && "coldMs" in last && "warmMs" in last) {
    const { coldMs, warmMs } = last;
    if (areNumbers(coldMs) && areNumbers(warmMs)) return { coldMs, warmMs };
  }
  throw new Error("read samples: the program printed something else");
}

function areNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 &&
    value.every((item) => typeof item === "number");
}
