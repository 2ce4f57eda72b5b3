import { join } from "node:path";
import type { Terminal } from "../cli/terminal.ts";
import { type BenchOptions, parseBenchOptions } from "./bench_options.ts";
import type { BenchResult } from "./bench_result.ts";
import { formatResult } from "./format_result.ts";
import { judgeAims } from "./judge_aims.ts";
import { machineFacts } from "./machine_facts.ts";
import type { Measurement, PartName } from "./measurement.ts";
import type { BenchPart } from "./parts/bench_part.ts";
import { measureAccounts } from "./parts/accounts_part.ts";
import { measureBridges } from "./parts/bridge_part.ts";
import { measureColdStarts } from "./parts/cold_part.ts";
import { measureFirstCalls } from "./parts/first_part.ts";
import { measureLoad } from "./parts/load_part.ts";
import { measureMemory } from "./parts/memory_part.ts";
import { measurePeers } from "./parts/peer_part.ts";
import { measurePlugins } from "./parts/plugin_part.ts";
import { measureProxies } from "./parts/proxies_part.ts";
import { measureQuickjs } from "./parts/quickjs_part.ts";
import { measureRuntimes } from "./parts/runtime_part.ts";
import { measureSearch } from "./parts/search_part.ts";
import { plotResult } from "./plot/plot_result.ts";

const PARTS: Readonly<Record<PartName, BenchPart>> = {
  first: measureFirstCalls,
  memory: measureMemory,
  cold: measureColdStarts,
  load: measureLoad,
  plugins: measurePlugins,
  quickjs: measureQuickjs,
  runtimes: measureRuntimes,
  search: measureSearch,
  accounts: measureAccounts,
  bridge: measureBridges,
  peers: measurePeers,
  proxies: measureProxies,
};

/**
 * Measures calls on this machine: a table or JSON on stdout, progress on stderr, and the results in
 * a file named by its date and in `latest.json`; drawn in `latest.svg` where asked. Runs on Linux. @returns The exit code.
 * @throws {AirlockError} `invalid_input` for arguments it does not know.
 */
export async function runBench(args: readonly string[], terminal: Terminal): Promise<number> {
  const options = parseBenchOptions(args);
  const result = await measure(options, { args, terminal });
  terminal.out(options.json ? `${JSON.stringify(result, null, 2)}\n` : formatResult(result));
  if (options.out !== null) await write(result, { ...options, directory: options.out });
  return 0;
}

async function measure(
  { parts, effort }: BenchOptions,
  { args, terminal }: { readonly args: readonly string[]; readonly terminal: Terminal },
): Promise<BenchResult> {
  const before = loadAverage();
  const startedMs = performance.now();
  const machine = await machineFacts();
  const remarks: string[] = [];
  const measurements: Measurement[] = [];
  for (const part of parts) {
    measurements.push(
      ...await PARTS[part]({
        effort,
        progress: (line) => terminal.err(`${line}\n`),
        remark: (line) => remarks.push(line),
      }),
    );
  }
  return {
    command: ["deno task bench", ...args].join(" "),
    machine,
    loadAverage: { before, after: loadAverage() },
    durationSeconds: Math.round((performance.now() - startedMs) / 1_000),
    remarks,
    aims: judgeAims(measurements),
    measurements,
  };
}

async function write(
  result: BenchResult,
  { directory, plot }: { readonly directory: string; readonly plot: boolean },
): Promise<void> {
  await Deno.mkdir(directory, { recursive: true });
  const text = `${JSON.stringify(result, null, 2)}\n`;
  const name = result.machine.date.slice(0, 19).replaceAll(":", "");
  for (const file of [`${name}.json`, "latest.json"]) {
    await Deno.writeTextFile(join(directory, file), text);
  }
  if (plot) await Deno.writeTextFile(join(directory, "latest.svg"), plotResult(result));
}

function loadAverage(): number {
  return Number((Deno.loadavg()[0] ?? 0).toFixed(2));
}
