import type { SandboxRuntime } from "../../spec/sandbox.ts";
import { type Measurement, type Start, STARTS } from "../measurement.ts";
import {
  openDenoRuntime,
  openExtismRuntime,
  openQuickjsRuntime,
} from "../sandboxes/open_runtimes.ts";
import { prepareModule, preparePlugin } from "../sandboxes/prepare_tools.ts";
import {
  callTool,
  loadTool,
  type MeasuredTool,
  startBlank,
  startSandbox,
} from "../sandboxes/sandbox_call.ts";
import { timed } from "../timed.ts";
import { type BenchPart, measurement, type PartContext } from "./bench_part.ts";

/** Warm calls for each cold one. */
const WARM_CALLS = 20;

interface Compared {
  readonly name: string;
  readonly note: string;
  readonly runtime: SandboxRuntime;
  readonly tool: MeasuredTool;
}

/**
 * The same small tool in sandboxes of each kind, timed by whoever asks: starting a process where it
 * is cold, frames there and back, and the call. Nothing of the gateway is in it.
 */
export const measureRuntimes: BenchPart = async (context) => {
  const directory = await Deno.makeTempDir({ prefix: "airlock-bench-" });
  try {
    const module = await prepareModule(directory);
    const deno = await openDenoRuntime(directory);
    const extism = await openExtismRuntime(directory);
    await using quickjs = await openQuickjsRuntime(directory);
    const fresh = "a new instance for every call";
    const compared: readonly Compared[] = [
      { name: "Airlock, Deno", note: "state kept for one tenant", runtime: deno, tool: module },
      { name: "Airlock, QuickJS", note: fresh, runtime: quickjs, tool: module },
      {
        ...{ name: "Airlock, Extism", note: `${fresh}; a plug-in` },
        ...{ runtime: extism, tool: await preparePlugin(directory) },
      },
    ];
    const rows: Measurement[] = [];
    for (const one of compared) rows.push(...await rowsOf(one, context));
    return rows;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
};

async function rowsOf(
  { name, note, runtime, tool }: Compared,
  { effort, progress }: PartContext,
): Promise<Measurement[]> {
  const samples: Record<Start, number[]> = { cold: [], blank: [], warm: [] };
  for (let round = 0; round <= effort.coldStarts; round++) {
    progress(`${name} ${round} of ${effort.coldStarts}`);
    const taken: typeof samples = { cold: [], blank: [], warm: [] };
    const startedMs = performance.now();
    await using cold = await startSandbox(runtime);
    await loadTool(cold, tool);
    await callTool(cold, tool);
    taken.cold.push(performance.now() - startedMs);
    await using blank = await startBlank(runtime);
    taken.blank.push(
      await timed(async () => {
        await loadTool(blank, tool);
        await callTool(blank, tool);
      }),
    );
    for (let n = 0; n < WARM_CALLS; n++) {
      taken.warm.push(await timed(() => callTool(blank, tool)));
    }
    // The first round fills caches, and makes the state that QuickJS restores from then on.
    if (round > 0) { for (const start of STARTS) samples[start].push(...taken[start]); }
  }
  return STARTS.map((start) =>
    measurement(`${name}: ${start}`, samples[start], {
      ...{ part: "runtimes", unit: "ms", note, subject: { name, start } },
    })
  );
}
