import { BenchBridge } from "../bridge/bench_bridge.ts";
import { BenchGateway } from "../bridge/bench_gateway.ts";
import { EndpointClient } from "../bridge/endpoint_client.ts";
import { measureManyBridges } from "../bridge/many_bridges.ts";
import { type BridgeLoad, measureLoad } from "../bridge/measure_load.ts";
import { StdioClient } from "../bridge/stdio_client.ts";
import type { Measurement } from "../measurement.ts";
import type { BenchPart } from "./bench_part.ts";

/** Of a tool that does nothing, and of one that takes as long as many on somebody's machine do. */
const LOADS: readonly BridgeLoad[] = [
  { name: "bridge @1", inFlight: 1, args: {} },
  { name: "bridge @32, tool of 50 ms", inFlight: 32, args: { waitMs: 50 } },
  { name: "bridge @32, as fast as it goes", inFlight: 32, args: {} },
];

/** What the way to a tool on somebody's machine adds; and what bridges take that only wait. */
export const measureBridges: BenchPart = async (context) => {
  context.remark("bridge: client, gateway, bridge and server are four processes of this machine");
  return [...await measureCalls(context), ...await measureManyBridges(context)];
};

/** The same server with the same calls, over its stdin and stdout and through everything. */
const measureCalls: BenchPart = async (context) => {
  await using gateway = await BenchGateway.start({ others: 0 });
  const { bridge: process, toolId } = await BenchBridge.start(gateway);
  await using _process = process;
  await using direct = await StdioClient.start();
  const bridge = await EndpointClient.open(gateway, { toolId });
  const endpoint = { call: () => bridge.list() };
  const pids = { gateway: gateway.pid, bridge: process.pid };
  const rows: Measurement[] = [];
  for (const load of LOADS) {
    rows.push(...await measureLoad(context, load, { direct, endpoint, bridge, pids }));
  }
  return rows;
};
