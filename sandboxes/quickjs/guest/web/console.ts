import { formatLine } from "../../../guest/format_line.ts";
import { inspect } from "./inspect.ts";

const LEVELS = {
  debug: "debug",
  trace: "debug",
  log: "info",
  info: "info",
  dir: "info",
  table: "info",
  group: "info",
  warn: "warn",
  error: "error",
} as const;

/** A console whose lines go to `write`, with their level. */
export function createConsole(write: (level: string, message: string) => void): object {
  const counts = new Map<string, number>();
  const starts = new Map<string, number>();
  const line = (level: string, values: readonly unknown[]) =>
    write(level, formatLine(values, inspect));
  const printing = Object.entries(LEVELS).map(([method, level]) => [
    method,
    (...values: unknown[]) => line(level, values),
  ]);
  return {
    ...Object.fromEntries(printing),
    assert(holds: unknown, ...values: unknown[]) {
      if (!holds) line("error", ["Assertion failed", ...values]);
    },
    count(label: unknown = "default") {
      const count = (counts.get(String(label)) ?? 0) + 1;
      counts.set(String(label), count);
      line("info", [`${label}: ${count}`]);
    },
    countReset: (label: unknown = "default") => void counts.delete(String(label)),
    time: (label: unknown = "default") => void starts.set(String(label), performance.now()),
    timeLog: (label: unknown = "default") => line("info", [elapsed(String(label), starts)]),
    timeEnd(label: unknown = "default") {
      line("info", [elapsed(String(label), starts)]);
      starts.delete(String(label));
    },
    groupEnd() {},
    groupCollapsed: (...values: unknown[]) => line("info", values),
    clear() {},
  };
}

function elapsed(label: string, starts: ReadonlyMap<string, number>): string {
  const startMs = starts.get(label);
  return startMs === undefined
    ? `${label}: no such timer`
    : `${label}: ${performance.now() - startMs} ms`;
}
