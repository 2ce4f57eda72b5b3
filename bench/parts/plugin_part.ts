import createPlugin from "@extism/extism";
import type { SandboxRuntime } from "../../spec/sandbox.ts";
import type { Measurement } from "../measurement.ts";
import { openExtismRuntime } from "../sandboxes/open_runtimes.ts";
import { preparePlugin } from "../sandboxes/prepare_tools.ts";
import {
  callTool,
  gainedMib,
  loadTool,
  type MeasuredTool,
  startBlank,
} from "../sandboxes/sandbox_call.ts";
import { timed } from "../timed.ts";
import { type BenchPart, measurement, type PartContext, ratioTo } from "./bench_part.ts";

const ROW = { part: "plugins", unit: "ms" } as const;

/**
 * Calls of a WebAssembly plug-in, timed inside the sandbox process, beside Extism's own SDK in this
 * process, which isolates nothing and compiles nothing anew either.
 */
export const measurePlugins: BenchPart = async (context) => {
  const directory = await Deno.makeTempDir({ prefix: "airlock-bench-" });
  try {
    const plugin = await preparePlugin(directory);
    const runtime = await openExtismRuntime(directory);
    const cold = await coldCalls(runtime, { plugin, context });
    const warm = await warmCalls(runtime, { plugin, context });
    return [cold, ...warm, ...await sdkCalls(plugin, context)];
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
};

interface Bench {
  readonly plugin: MeasuredTool;
  readonly context: PartContext;
}

async function coldCalls(runtime: SandboxRuntime, bench: Bench): Promise<Measurement> {
  const { context: { effort, progress }, plugin } = bench;
  const samples: number[] = [];
  for (let round = 0; round < effort.coldStarts; round++) {
    progress(`plug-ins, cold ${round + 1} of ${effort.coldStarts}`);
    await using sandbox = await startBlank(runtime);
    const { importMs } = await loadTool(sandbox, plugin);
    samples.push(importMs + (await callTool(sandbox, plugin)).toolMs);
  }
  return measurement("plug-in, loading and first call", samples, ROW);
}

async function warmCalls(runtime: SandboxRuntime, bench: Bench): Promise<Measurement[]> {
  const { context: { effort, progress }, plugin } = bench;
  const times = effort.sandboxCalls;
  progress(`plug-ins, ${times} calls`);
  await using sandbox = await startBlank(runtime);
  await loadTool(sandbox, plugin);
  const samples: number[] = [];
  const call = async () => void samples.push((await callTool(sandbox, plugin)).toolMs);
  const gained = await gainedMib(sandbox, { times, call });
  return [
    measurement("plug-in, call in new instances", samples, ROW),
    measurement("plug-in, RSS gained over nine tenths of the calls", [gained], {
      ...{ part: "plugins", unit: "MiB", note: `${times} calls` },
    }),
  ];
}

/** The SDK as its documentation has it; its worker is among the peers. */
async function sdkCalls(
  { module, toolName, params }: Awaited<ReturnType<typeof preparePlugin>>,
  { effort, progress, remark }: PartContext,
): Promise<Measurement[]> {
  const compiled = await WebAssembly.compile(module);
  const input = String(params);
  const reused: number[] = [];
  const fresh: number[] = [];
  progress("plug-ins, Extism's SDK");
  const kept = await createPlugin(compiled, { useWasi: true });
  for (let n = 0; n < effort.coldStarts * 20; n++) {
    reused.push(await timed(() => kept.call(toolName, input)));
    fresh.push(
      await timed(async () => {
        const plugin = await createPlugin(compiled, { useWasi: true });
        await plugin.call(toolName, input);
        await plugin.close();
      }),
    );
  }
  await kept.close();
  remark("Extism's SDK runs in the measuring process: no sandbox around it, no way to stop a loop");
  return [
    measurement("Extism SDK, call in a kept instance", reused, ROW),
    measurement("Extism SDK, call in new instances", fresh, {
      ...ROW,
      ratio: ratioTo("Extism SDK, call in a kept instance", { samples: fresh, others: reused }),
    }),
  ];
}
