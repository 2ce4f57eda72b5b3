import assert from "node:assert/strict";
import { AccountsWorld } from "../../../tests/support/accounts_world.ts";
import { keyCaller } from "../../../tests/support/callers.ts";
import { fakeGateway } from "../../../tests/support/fake_gateway.ts";
import { AirlockError } from "../../../spec/errors.ts";
import { readSyncStatus } from "../../../registry/sync/sync_status.ts";

Deno.test("POST /api/sync/{job} starts a run for an administrator, and says what keeps it from it", async () => {
  await using world = await AccountsWorld.open();
  const started: string[] = [];
  let refusal: AirlockError | undefined;
  const sync = {
    start: (job: string) => {
      if (refusal !== undefined) return Promise.reject(refusal);
      started.push(job);
      return Promise.resolve("run_1");
    },
    status: () => readSyncStatus(world.database.sql),
  };
  const ask = async (path: string, { method = "POST", scope = "admin" as const } = {}) => {
    const caller = keyCaller({ scopes: new Set([scope]) });
    const accounts = { ...world.accounts, authenticate: () => Promise.resolve(caller) };
    const { app } = fakeGateway({ accounts, sync });
    return await app.request(`http://127.0.0.1:8787${path}`, { method });
  };
  for (const job of ["changes", "keyword", "metrics", "stats-snapshot"]) {
    const response = await ask(`/api/sync/${job}`);
    assert.equal(response.status, 202);
    assert.deepEqual(await response.json(), { id: "run_1", job });
  }
  assert.deepEqual(started, ["changes", "keyword", "metrics", "stats-snapshot"]);
  for (const job of ["probe", "nothing", "__proto__", "%2e%2e"]) {
    const response = await ask(`/api/sync/${job}`);
    assert.equal(response.status, 404, job);
    await response.body?.cancel();
  }
  refusal = new AirlockError("conflict", "sync changes: it is running already");
  assert.equal((await ask("/api/sync/changes")).status, 409);
  refusal = new AirlockError("rate_limited", "sync changes: too early", { retryAfterMs: 1_500 });
  const early = await ask("/api/sync/changes");
  assert.deepEqual([early.status, early.headers.get("retry-after")], [429, "2"]);
  const status = await (await ask("/api/sync", { method: "GET" })).json();
  assert.deepEqual([status.jobs.length, status.watched, status.waiting], [5, 0, 0]);
  assert.equal(started.length, 4);
});

Deno.test("/api/sync is not there without a database", async () => {
  const { app } = fakeGateway();
  const status = await app.request("http://127.0.0.1:8787/api/sync");
  assert.equal(status.status, 404);
  const start = await app.request("http://127.0.0.1:8787/api/sync/changes", { method: "POST" });
  assert.equal(start.status, 404);
});
