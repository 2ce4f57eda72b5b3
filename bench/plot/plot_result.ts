import type { BenchResult } from "../bench_result.ts";
import { drawPlot } from "./draw_plot.ts";
import { plotRows } from "./plot_rows.ts";

/** Draws a run: how long a call takes by how it starts, for each runtime and each peer. */
export function plotResult({ machine, loadAverage, measurements }: BenchResult): string {
  const day = machine.date.slice(0, 10);
  return drawPlot(plotRows(measurements), {
    title: "One call of a small tool, until its result is back (median; left is faster)",
    foot: `${machine.cpu}, ${machine.cores} cores; Deno ${machine.deno}; ${day}; ` +
      `load average ${loadAverage.before} to ${loadAverage.after}`,
  });
}
