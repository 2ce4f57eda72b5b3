import type { Measurement } from "../measurement.ts";
import { AirlockServer } from "../processes/airlock_server.ts";
import { ECHO_CALL, openEchoRegistry } from "../processes/measured_tools.ts";
import { runRestoreSamples } from "../quickjs/run_restore_samples.ts";
import { openQuickjsRuntime } from "../sandboxes/open_runtimes.ts";
import { prepareModule } from "../sandboxes/prepare_tools.ts";
import { callTool, gainedMib, loadTool, startBlank } from "../sandboxes/sandbox_call.ts";
import { timed } from "../timed.ts";
import { measureWaitingCalls } from "./waiting_calls.ts";
import { type BenchPart, measurement, type PartContext, ratioTo } from "./bench_part.ts";

const ROW = { part: "quickjs", unit: "ms" } as const;

/**
 * Calls that each get a QuickJS instance of their own: over HTTP, in a sandbox, and inside its
 * process beside loading the module for every call.
 */
export const measureQuickjs: BenchPart = async (context) => [
  await gatewayCalls(context),
  ...await sandboxCalls(context),
  ...await processCalls(context),
  ...await measureWaitingCalls(context),
];

/** One connection, one call after the other. */
async function gatewayCalls({ effort, progress }: PartContext): Promise<Measurement> {
  progress("QuickJS, through the gateway");
  await using registry = await openEchoRegistry();
  await using airlock = await AirlockServer.start({ registry: registry.url });
  const body = JSON.stringify({ ...JSON.parse(ECHO_CALL), runtime: "quickjs" });
  const samples: number[] = [];
  const calls = effort.sandboxCalls / 10;
  for (let n = 0; n < calls * 1.1; n++) {
    const startedMs = performance.now();
    const { meta } = await airlock.call(body);
    const tookMs = performance.now() - startedMs;
    if (meta.runtime !== "quickjs") throw new Error(`call in QuickJS: it ran in ${meta.runtime}`);
    // The first tenth builds, prepares, and warms the gateway's own code.
    if (n >= calls / 10) samples.push(tookMs);
  }
  return measurement("QuickJS, call through the gateway", samples, {
    ...{ ...ROW, note: "HTTP, one connection" },
  });
}

async function sandboxCalls({ effort, progress }: PartContext): Promise<Measurement[]> {
  const directory = await Deno.makeTempDir({ prefix: "airlock-bench-" });
  try {
    const times = effort.sandboxCalls;
    progress(`QuickJS, ${times} calls in a sandbox`);
    const tool = await prepareModule(directory);
    await using runtime = await openQuickjsRuntime(directory);
    await using sandbox = await startBlank(runtime);
    await loadTool(sandbox, tool);
    const samples: number[] = [];
    const call = async () => void samples.push(await timed(() => callTool(sandbox, tool)));
    const gained = await gainedMib(sandbox, { times, call });
    return [
      measurement("QuickJS, call in a sandbox", samples, { ...ROW, note: "frames included" }),
      measurement("QuickJS, RSS gained over nine tenths of the calls", [gained], {
        ...{ part: "quickjs", unit: "MiB", note: `${times} calls` },
      }),
    ];
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function processCalls({ effort, progress }: PartContext): Promise<Measurement[]> {
  progress("QuickJS, inside the process");
  const taken = await runRestoreSamples(effort.sandboxCalls / 10);
  const restored = "QuickJS, restored, in the process";
  return [
    measurement(restored, taken.restoredMs, ROW),
    measurement("QuickJS, module loaded anew, in the process", taken.anewMs, {
      ...ROW,
      ratio: ratioTo(restored, { samples: taken.anewMs, others: taken.restoredMs }),
    }),
    measurement("QuickJS, loading once and taking the state", [taken.prepareMs], {
      ...ROW,
      note: `${(taken.snapshotBytes / 1e6).toFixed(2)} MB`,
    }),
  ];
}
