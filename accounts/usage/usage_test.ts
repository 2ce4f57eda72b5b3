import assert from "node:assert/strict";
import type { Database } from "../../registry/database/database.ts";
import type { Caller } from "../../spec/account.ts";
import { anonymousCaller, keyCaller, userCaller } from "../../tests/support/callers.ts";
import { sampleUsageRow as row } from "../../tests/support/sample_usage_row.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { exportCalls, type ExportFormat } from "./export_calls.ts";
import { isRowsFault } from "./is_rows_fault.ts";
import { type CallFilter, listCalls } from "./list_calls.ts";
import { CALL_RETENTION_DAYS, purgeCalls } from "./purge_calls.ts";
import { usageByPeriod, usageByTool } from "./summarise_usage.ts";
import { writeUsage } from "./write_usage.ts";

const ALICE = userCaller();
const BOB = userCaller({ tenant: "ten_b" });
const NOON = "2026-03-01T12:10:00.000Z";
const LATER = "2026-03-01T13:59:59.999Z";
const NEXT_DAY = "2026-03-02T00:00:00.000Z";
const SPAN = { from: new Date("2026-03-01T00:00:00Z"), until: new Date("2026-03-03T00:00:00Z") };

async function ids(db: Database, caller: Caller, filter: CallFilter = {}): Promise<string[]> {
  return (await listCalls(db.sql, caller, { filter, limit: 100 })).map(({ id }) => id);
}

async function exported(db: Database, format: ExportFormat): Promise<string> {
  let text = "";
  for await (const part of exportCalls(db.sql, ALICE, { filter: {}, format })) text += part;
  return text;
}

testDatabase("calls are written once, added up, listed, exported and forgotten", async (db, t) => {
  const rows = [
    row({ id: "c1", at: NOON, params: '{"a":1}', egress_hosts: ["a.example"] }),
    row({ id: "c2", at: LATER, outcome: "tool_error", key_id: null, collection_id: "col_1" }),
    row({ id: "c3", at: NEXT_DAY, tool_name: "=other", version: null }),
    row({ id: "c4", at: NOON, owner_id: "ten_b" }),
  ];
  await writeUsage(db.sql, rows);
  await t.step("writeUsage() changes nothing when it is tried again", async () => {
    await writeUsage(db.sql, rows);
    await writeUsage(db.sql, [...rows, row({ id: "c5", at: NEXT_DAY })]);
    const days = await usageByPeriod(db.sql, ALICE, { ...SPAN, period: "day" });
    assert.deepEqual(days, [
      { at: "2026-03-01", calls: 2, failures: 1, durationMs: 5, egressBytes: 20 },
      { at: "2026-03-02", calls: 2, failures: 0, durationMs: 5, egressBytes: 20 },
    ]);
  });
  await t.step("usageByPeriod() and usageByTool() count within their span", async () => {
    const hours = await usageByPeriod(db.sql, ALICE, { ...SPAN, period: "hour" });
    assert.deepEqual(hours.map(({ at, calls }) => [at, calls]), [
      ["2026-03-01T12:00:00Z", 1],
      ["2026-03-01T13:00:00Z", 1],
      ["2026-03-02T00:00:00Z", 2],
    ]);
    const until = new Date(NEXT_DAY);
    const one = await usageByPeriod(db.sql, ALICE, { ...SPAN, until, period: "day" });
    assert.deepEqual(one.map(({ at }) => at), ["2026-03-01"]);
    const tools = await usageByTool(db.sql, ALICE, SPAN);
    assert.deepEqual(tools.map(({ toolName, calls }) => [toolName, calls]), [
      ["echo", 3],
      ["=other", 1],
    ]);
  });
  await t.step("listCalls() filters and pages, newest first", async () => {
    assert.deepEqual(await ids(db, ALICE), ["c5", "c3", "c2", "c1"]);
    assert.deepEqual(await ids(db, ALICE, { outcome: "failure" }), ["c2"]);
    assert.deepEqual(await ids(db, ALICE, { outcome: "tool_error" }), ["c2"]);
    assert.deepEqual(await ids(db, ALICE, { toolName: "=other" }), ["c3"]);
    assert.deepEqual(await ids(db, ALICE, { keyId: "key_a", until: new Date(LATER) }), ["c1"]);
    assert.deepEqual(await ids(db, ALICE, { from: new Date(LATER) }), ["c5", "c3", "c2"]);
    const pages: string[] = [];
    let after: string | undefined;
    for (;;) {
      const [line] = await listCalls(db.sql, ALICE, { filter: {}, limit: 1, after });
      if (line === undefined) break;
      pages.push(line.id);
      after = line.id;
    }
    assert.deepEqual(pages, ["c5", "c3", "c2", "c1"]);
    const [line] = await listCalls(db.sql, ALICE, { filter: {}, limit: 1, after: "c2" });
    assert.deepEqual(line?.params, { a: 1 });
    assert.deepEqual(line.egressHosts, ["a.example"]);
  });
  await t.step("another account's calls are not there, by no filter and no page", async () => {
    assert.deepEqual(await ids(db, BOB), ["c4"]);
    assert.deepEqual(await listCalls(db.sql, BOB, { filter: {}, limit: 9, after: "c5" }), []);
    assert.deepEqual(await ids(db, anonymousCaller({ tenant: "ten_a" })), []);
    assert.deepEqual(await usageByTool(db.sql, anonymousCaller(), SPAN), []);
    const held = keyCaller({ collections: ["col_1"] });
    assert.deepEqual(await ids(db, held), ["c2"], "a key sees what came through its collection");
    assert.deepEqual(await usageByPeriod(db.sql, held, { ...SPAN, period: "day" }), []);
  });
  await t.step("exportCalls() writes every call as NDJSON and as CSV", async () => {
    const lines = (await exported(db, "ndjson")).trimEnd().split("\n");
    assert.deepEqual(lines.map((line) => JSON.parse(line).id), ["c5", "c3", "c2", "c1"]);
    const [head, ...cells] = (await exported(db, "csv")).trimEnd().split("\r\n");
    assert.match(head ?? "", /^id,at,via,/);
    assert.equal(cells.length, 4);
    assert.match(cells[1] ?? "", /,'=other,/);
    assert.match(cells[3] ?? "", /"\{""a"":1\}"$/);
  });
  await t.step("a row that cannot be written is told from a database that is away", async () => {
    const broken = row({ via: "carrier pigeon" as "http" });
    await assert.rejects(writeUsage(db.sql, [broken]), (error) => isRowsFault(error));
    await assert.rejects(db.sql`select * from nowhere`, (error) => !isRowsFault(error));
    assert.equal(isRowsFault(new Error("connection lost")), false);
  });
  await t.step("purgeCalls() removes what is old, in batches, and keeps the days", async () => {
    const { signal } = new AbortController();
    const fresh = row({ id: "fresh" });
    await writeUsage(db.sql, [fresh]);
    assert.equal(await purgeCalls(db.sql, { signal, batchRows: 2 }), 5);
    assert.deepEqual(await ids(db, ALICE), ["fresh"]);
    assert.deepEqual(await usageByPeriod(db.sql, ALICE, { ...SPAN, period: "hour" }), []);
    assert.equal((await usageByPeriod(db.sql, ALICE, { ...SPAN, period: "day" })).length, 2);
    assert.equal(CALL_RETENTION_DAYS, 30);
  });
});
