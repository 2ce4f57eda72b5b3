import type { Measurement, Start } from "../measurement.ts";

/** One line of the drawing: what ran a tool, and how long calls took there. */
export interface PlotRow {
  readonly name: string;
  /** Medians in milliseconds, of the starts that were measured. */
  readonly medianMs: Partial<Readonly<Record<Start, number>>>;
  readonly note: string;
}

/** The rows of a run that can be drawn beside one another, in the order they were measured. */
export function plotRows(measurements: readonly Measurement[]): PlotRow[] {
  const subjects = Map.groupBy(
    measurements.filter(({ unit, subject }) => unit === "ms" && subject !== undefined),
    ({ subject }) => subject?.name ?? "",
  );
  return [...subjects].map(([name, rows]) => ({
    name,
    medianMs: Object.fromEntries(
      rows.flatMap(({ subject, median }) =>
        subject === undefined || median === null ? [] : [[subject.start, median]]
      ),
    ),
    note: rows.find(({ note }) => note !== undefined)?.note ?? "",
  }));
}
