import assert from "node:assert/strict";
import type { EgressRecord } from "../../spec/egress.ts";
import type { CallContext, ExecutionRequest, ExecutionResult } from "../../spec/execution.ts";
import { tellReached } from "./tell_reached.ts";

function record(host: string, outcome: EgressRecord["outcome"]): EgressRecord {
  return { method: "GET", host, outcome, requestBytes: 0, responseBytes: 0, durationMs: 1 };
}

function answering(egress: readonly EgressRecord[]) {
  const result: ExecutionResult = {
    ...{ success: false, error: "run tool: it failed", code: "tool_error", stage: "execute" },
    executionTimeMs: 1,
    meta: {
      ...{ requestId: "r", runtime: "deno", start: "new", artifact: null, version: null },
      ...{ isolation: "rlimits", refusals: [], cache: "off", logs: [], droppedLogBytes: 0 },
      ...{ timings: {}, egress },
    },
  };
  return tellReached({ execute: () => Promise.resolve(result) });
}

const REQUEST: ExecutionRequest = { packageName: "p", name: "t", params: {}, env: {} };

function heard(egress: readonly EgressRecord[]): Promise<(readonly string[])[]> {
  const told: (readonly string[])[] = [];
  const context: CallContext = {
    ...{ tenant: "t", requestId: "r", signal: new AbortController().signal },
    onReached: (hosts) => told.push(hosts),
  };
  return answering(egress).execute(REQUEST, context).then(() => told);
}

Deno.test("tellReached() tells hosts that answered, once, also where the tool failed", async () => {
  const egress = [record("a.example", 200), record("b.example", 500), record("a.example", 404)];
  assert.deepEqual(await heard(egress), [["a.example", "b.example"]]);
});

Deno.test("tellReached() says nothing of hosts that were refused or not there", async () => {
  assert.deepEqual(
    await heard([record("a.example", "refused"), record("b.example", "failed")]),
    [],
  );
  assert.deepEqual(await heard([]), []);
});
