import type { BenchResult } from "./bench_result.ts";
import type { Measurement } from "./measurement.ts";

/** A run as text for people. */
export function formatResult(result: BenchResult): string {
  const { machine, loadAverage, measurements, aims, remarks } = result;
  const lines = [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}`,
    `Deno ${machine.deno}, V8 ${machine.v8}; ${machine.date}; ${result.durationSeconds} s`,
    `load average ${loadAverage.before} before, ${loadAverage.after} after`,
    ...remarks,
    "",
    ...columns([["", "median", "p95", "unit", "ratio", "note"], ...measurements.map(cells)]),
  ];
  if (aims.length > 0) {
    const rows = aims.map(({ name, wanted, reached, ok }) => [
      ok ? "reached" : "missed",
      name,
      wanted,
      reached,
    ]);
    lines.push("", ...columns([["", "aim", "wanted", "measured"], ...rows]));
  }
  return `${lines.join("\n")}\n`;
}

function cells({ name, median, p95, unit, ratio, note }: Measurement): string[] {
  const compared = ratio === undefined ? "" : `${ratio.value} × ${ratio.to}`;
  return [name, shown(median), shown(p95), unit, compared, note ?? ""];
}

function shown(value: number | null): string {
  return value === null ? "–" : String(value);
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0))
  );
  return rows.map((cells) =>
    cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()
  );
}
