import assert from "node:assert/strict";
import type { CallOrigin } from "../../spec/call_origin.ts";
import type { CallContext, ExecutionMeta, ExecutionResult } from "../../spec/execution.ts";
import { recordUsage } from "./record_usage.ts";
import type { UsageRow } from "./usage_row.ts";

const META: ExecutionMeta = {
  requestId: "r1",
  runtime: "deno",
  start: "blank",
  artifact: "d1",
  version: "1.0.0",
  isolation: "bubblewrap",
  refusals: [],
  cache: "off",
  egress: ["a.example", "b.example", "a.example"].map((host) => ({
    ...{ method: "GET", host, outcome: 200, requestBytes: 1, responseBytes: 10, durationMs: 1 },
  })),
  logs: [{ level: "info", message: "a line of the tool", atMs: 1 }],
  droppedLogBytes: 0,
  timings: { tool: 3 },
};
const CONTEXT: CallContext = {
  tenant: "ten_a",
  requestId: "r1",
  signal: new AbortController().signal,
};
const REQUEST = { packageName: "p", name: "echo", params: { q: "hunter2" }, env: { API_KEY: "v" } };
const ORIGIN: CallOrigin = {
  ...{ via: "mcp", userId: "u", keyId: "k", collectionId: "c", agentId: null, keepParams: false },
};

async function recorded(
  result: ExecutionResult,
  context: Partial<CallContext> = {},
): Promise<UsageRow> {
  const rows: UsageRow[] = [];
  const executor = recordUsage({ execute: () => Promise.resolve(result) }, (row) => rows.push(row));
  assert.equal(await executor.execute(REQUEST, { ...CONTEXT, ...context }), result);
  assert.equal(rows.length, 1);
  return rows[0]!;
}

Deno.test("recordUsage() keeps who, what, where and how, and nothing of the content", async () => {
  const row = await recorded(
    { success: true, output: "the result", executionTimeMs: 1000, meta: META },
    { origin: ORIGIN },
  );
  assert.equal(row.outcome, "success");
  assert.equal(row.via, "mcp");
  assert.equal(row.collection_id, "c");
  assert.deepEqual(row.egress_hosts, ["a.example", "b.example"]);
  assert.equal(row.egress_bytes, 33);
  assert.ok(Math.abs(Date.parse(row.at) + 1000 - Date.now()) < 5000, "the time it began");
  const text = JSON.stringify(row);
  for (const content of ["the result", "a line of the tool", "hunter2", "API_KEY"]) {
    assert.ok(!text.includes(content), content);
  }
});

Deno.test("recordUsage() names failures by their code", async () => {
  const failed = { error: "no", code: "deadline_exceeded", stage: "execute" } as const;
  const row = await recorded({ success: false, ...failed, executionTimeMs: 1, meta: META });
  assert.equal(row.outcome, "deadline_exceeded");
});

Deno.test("recordUsage() keeps parameters only where the account wants it, without secrets", async () => {
  const row = await recorded(
    { success: true, output: null, executionTimeMs: 1, meta: META },
    {
      origin: { ...ORIGIN, keepParams: true },
      grant: { redact: (text) => text.replaceAll("hunter2", "***") },
    },
  );
  assert.equal(row.params, '{"q":"***"}');
});
