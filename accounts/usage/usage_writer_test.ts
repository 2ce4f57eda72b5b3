import assert from "node:assert/strict";
import { sampleUsageRow } from "../../tests/support/sample_usage_row.ts";
import type { UsageRow } from "./usage_row.ts";
import { USAGE_BOUNDS, UsageWriter, type UsageWriterOptions } from "./usage_writer.ts";

function openWriter(more: Partial<UsageWriterOptions> = {}) {
  const batches: string[][] = [];
  const failures: unknown[] = [];
  const writer = new UsageWriter({
    write: (rows) => (batches.push(rows.map(({ id }) => id)), Promise.resolve()),
    isRowsFault: () => false,
    onFailure: (error) => failures.push(error),
    bounds: { ...USAGE_BOUNDS, batchRows: 3, flushMs: 20, pauseMs: 10, maxPauseMs: 20 },
    ...more,
  });
  return { writer, batches, failures };
}

const row = (id: number): UsageRow => sampleUsageRow({ id: String(id) });

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

Deno.test("UsageWriter writes a full batch at once, and the rest after a moment", async () => {
  const { writer, batches } = openWriter();
  await using _writer = writer;
  for (let n = 0; n < 4; n++) writer.add(row(n));
  assert.deepEqual(batches, [["0", "1", "2"]]);
  await until(() => batches.length === 2);
  assert.deepEqual(batches[1], ["3"]);
  await until(() => writer.stats.waiting === 0);
  assert.deepEqual(writer.stats, { waiting: 0, written: 4, dropped: 0 });
});

Deno.test("UsageWriter keeps rows of a database that is away, and writes each once", async () => {
  let isAway = true;
  const written: string[] = [];
  const { writer, failures } = openWriter({
    write(rows) {
      if (isAway) return Promise.reject(new Error("away"));
      written.push(...rows.map(({ id }) => id));
      return Promise.resolve();
    },
  });
  await using _writer = writer;
  for (let n = 0; n < 7; n++) writer.add(row(n));
  await until(() => failures.length >= 3);
  assert.equal(writer.stats.waiting, 7);
  isAway = false;
  await until(() => writer.stats.written === 7);
  assert.deepEqual(written, ["0", "1", "2", "3", "4", "5", "6"]);
});

Deno.test("UsageWriter holds no more than its bound, and counts what it drops", async () => {
  const { writer } = openWriter({
    write: () => Promise.reject(new Error("away")),
    bounds: { ...USAGE_BOUNDS, maxRows: 5, batchRows: 3, lastFlushMs: 20 },
  });
  for (let n = 0; n < 9; n++) writer.add(row(n));
  assert.deepEqual(writer.stats, { waiting: 5, written: 0, dropped: 4 });
  await writer[Symbol.asyncDispose]();
});

Deno.test("UsageWriter leaves out the one row that cannot be written", async () => {
  const written: string[] = [];
  const fault = new Error("bad row");
  const { writer, failures } = openWriter({
    write(rows) {
      if (rows.some(({ id }) => id === "1")) return Promise.reject(fault);
      written.push(...rows.map(({ id }) => id));
      return Promise.resolve();
    },
    isRowsFault: (error) => error === fault,
  });
  await using _writer = writer;
  for (let n = 0; n < 5; n++) writer.add(row(n));
  await until(() => writer.stats.waiting === 0);
  assert.deepEqual(written, ["0", "2", "3", "4"]);
  assert.deepEqual(writer.stats, { waiting: 0, written: 4, dropped: 1 });
  assert.deepEqual(failures, [fault]);
});

Deno.test("UsageWriter writes what is left when it is disposed, for a bounded time", async () => {
  const { writer, batches } = openWriter();
  for (let n = 0; n < 5; n++) writer.add(row(n));
  await writer[Symbol.asyncDispose]();
  assert.deepEqual(batches.flat(), ["0", "1", "2", "3", "4"]);
  const stuck = openWriter({
    write: () => new Promise(() => {}),
    bounds: { ...USAGE_BOUNDS, lastFlushMs: 20 },
  });
  stuck.writer.add(row(1));
  await stuck.writer[Symbol.asyncDispose]();
  assert.equal(stuck.writer.stats.dropped, 1);
  stuck.writer.add(row(2));
  assert.equal(stuck.writer.stats.dropped, 2);
});
