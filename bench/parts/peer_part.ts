import { join } from "node:path";
import type { Measurement, Start } from "../measurement.ts";
import { installedNodeMajor } from "../peers/install_peer.ts";
import { measurePeer, type PeerPlan } from "../peers/measure_peer.ts";
import { type Peer, PEERS } from "../peers/peers.ts";
import { preparePlugin } from "../sandboxes/prepare_tools.ts";
import { type BenchPart, measurement } from "./bench_part.ts";

/** Warm calls for each cold one. */
const WARM_CALLS = 20;

/**
 * The tool of {@linkcode measureRuntimes} in sandboxes that others made, each installed now into a
 * temporary directory. One that does not install or run is a row with its reason.
 */
export const measurePeers: BenchPart = async ({ effort, progress }) => {
  const directory = await Deno.makeTempDir({ prefix: "airlock-bench-" });
  try {
    const { module, toolName, params } = await preparePlugin(directory);
    const file = join(directory, "plugin.wasm");
    await Deno.writeFile(file, module);
    const plan: PeerPlan = {
      ...{ directory, nodeMajor: await installedNodeMajor() },
      ...{ coldRounds: effort.coldStarts, warmCalls: WARM_CALLS },
      plugin: { file, toolName, input: String(params) },
    };
    const rows: Measurement[] = [];
    for (const peer of PEERS) {
      progress(`peers: ${peer.name}`);
      rows.push(...await rowsOf(peer, plan));
    }
    return rows;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
};

async function rowsOf(peer: Peer, plan: PeerPlan): Promise<Measurement[]> {
  const version = Object.entries(peer.packages(plan.nodeMajor)).at(-1)?.[1];
  const row = (start: Start) =>
    ({ part: "peers", unit: "ms", subject: { name: `${peer.name} ${version}`, start } }) as const;
  const name = (start: Start) => `${peer.name} ${version}: ${start}`;
  try {
    const { coldMs, warmMs } = await measurePeer(peer, plan);
    return [
      measurement(name("cold"), coldMs, { ...row("cold"), note: peer.note }),
      measurement(name("warm"), warmMs, { ...row("warm"), note: peer.note }),
    ];
  } catch (error) {
    const note = error instanceof Error ? error.message : String(error);
    return [{ ...row("cold"), name: name("cold"), samples: 0, median: null, p95: null, note }];
  }
}
