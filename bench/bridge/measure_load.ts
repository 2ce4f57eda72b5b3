import type { JsonObject } from "../../spec/json.ts";
import type { Measurement } from "../measurement.ts";
import { measurement, type PartContext } from "../parts/bench_part.ts";
import { processorMs } from "../processes/processor_ms.ts";
import { median, quantile, rounded } from "../statistics.ts";
import { type BenchClient, callFor } from "./bench_client.ts";

/** Calls at a time, and of what. */
export interface BridgeLoad {
  readonly name: string;
  readonly inFlight: number;
  readonly args: JsonObject;
}

/** The same tool by each way, and the processes of the last one. */
export interface BridgeWays {
  readonly direct: Pick<BenchClient, "call">;
  /** A question that no bridge is asked. */
  readonly endpoint: Pick<BenchClient, "call">;
  readonly bridge: Pick<BenchClient, "call">;
  readonly pids: { readonly gateway: number; readonly bridge: number };
}

const ROW = { part: "bridge", unit: "ms" } as const;
const USED = "of each call, all threads; not more where others are busy";

/** Rows of one load. The ways take turns, so that all meet the same machine. */
export async function measureLoad(
  { effort, progress }: PartContext,
  { name, inFlight, args }: BridgeLoad,
  ways: BridgeWays,
): Promise<Measurement[]> {
  const took = { direct: [] as number[], endpoint: [] as number[], bridge: [] as number[] };
  const used = { gateway: [] as number[], bridge: [] as number[] };
  for (let round = -1; round < effort.loadRounds; round++) {
    progress(`${name}, round ${round + 1} of ${effort.loadRounds}`);
    const durationMs = round < 0 ? effort.warmUpMs : effort.loadMs;
    for (const way of ["direct", "endpoint", "bridge"] as const) {
      const before = usedBy(ways.pids);
      const samples = await callFor(ways[way], { inFlight, durationMs, args });
      const after = usedBy(ways.pids);
      if (round < 0) continue;
      for (const ms of samples) took[way].push(ms);
      if (way !== "bridge") continue;
      used.gateway.push((after.gateway - before.gateway) / samples.length);
      used.bridge.push((after.bridge - before.bridge) / samples.length);
    }
  }
  return [
    measurement(`${name}: direct stdio`, took.direct, ROW),
    measurement(`${name}: the endpoint alone`, took.endpoint, {
      ...{ ...ROW, note: "a list of one tool over MCP" },
    }),
    measurement(`${name}: through the bridge`, took.bridge, ROW),
    added(`${name}: added`, { more: took.bridge, less: took.direct }),
    added(`${name}: added beyond the endpoint`, { more: took.bridge, less: took.endpoint }),
    measurement(`${name}: processor time of the gateway`, used.gateway, { ...ROW, note: USED }),
    measurement(`${name}: processor time of the bridge`, used.bridge, { ...ROW, note: USED }),
  ];
}

function added(
  name: string,
  { more, less }: { readonly more: readonly number[]; readonly less: readonly number[] },
): Measurement {
  return {
    ...{ ...ROW, name, samples: more.length },
    median: rounded(median(more) - median(less)),
    p95: rounded(quantile(more, 0.95) - quantile(less, 0.95)),
    note: "difference of the medians, and of the 95th percentiles",
  };
}

function usedBy({ gateway, bridge }: BridgeWays["pids"]) {
  return { gateway: processorMs(gateway), bridge: processorMs(bridge) };
}
