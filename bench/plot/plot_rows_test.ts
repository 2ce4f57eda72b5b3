import assert from "node:assert/strict";
import type { Measurement, Start } from "../measurement.ts";
import { plotRows } from "./plot_rows.ts";

const row = (name: string, start: Start, median: number | null): Measurement => ({
  ...{ part: "peers", name: `${name}: ${start}`, unit: "ms", samples: 1, median, p95: median },
  ...{ note: `of ${name}`, subject: { name, start } },
});

Deno.test("plotRows() gathers what was measured of a subject, in order", () => {
  const other: Measurement = {
    ...{ part: "load", name: "other", unit: "ms", samples: 1, median: 9, p95: 9 },
  };
  const rows = plotRows([row("b", "cold", 5), other, row("a", "cold", null), row("b", "warm", 2)]);
  assert.deepEqual(rows, [
    { name: "b", medianMs: { cold: 5, warm: 2 }, note: "of b" },
    { name: "a", medianMs: {}, note: "of a" },
  ]);
});
