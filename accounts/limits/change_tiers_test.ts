import assert from "node:assert/strict";
import type { AnySql } from "../../registry/database/database.ts";
import { keyCaller, ownerCaller } from "../../tests/support/callers.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { listAudit } from "../audit/list_audit.ts";
import { changeTiers, type TierChange } from "./change_tiers.ts";
import { DEFAULT_TIER_LIMITS } from "./tier_limits.ts";

const limits = { FREE: { read: { limit: 5, windowMs: 1_000 } } } as const;

testDatabase("changeTiers() changes what it is told, with a line for each tier", async (db) => {
  const change = (change: TierChange, caller = ownerCaller()) =>
    db.sql.begin((tx: AnySql) => changeTiers(tx, { caller, requestId: "r" }, change));
  await assert.rejects(async () => await change({ limits, rest: "stays" }, keyCaller()));
  const first = await change({ limits, rest: "stays" });
  assert.deepEqual(first.FREE.read, limits.FREE.read);
  assert.deepEqual(first.PRO, DEFAULT_TIER_LIMITS.PRO);
  const pro = { PRO: { mcp: { limit: 0, windowMs: 86_400_000 } } };
  assert.deepEqual((await change({ limits: pro, rest: "stays" })).FREE.read, limits.FREE.read);
  await change({ limits: pro, rest: "stays" });
  const reset = await change({ limits: {}, rest: "default" });
  assert.deepEqual(reset, DEFAULT_TIER_LIMITS);
  const lines = await listAudit(db.sql, ownerCaller(), { limit: 10 });
  assert.deepEqual(lines.map(({ subject }) => subject.id), ["PRO", "FREE", "PRO", "FREE"]);
  assert.deepEqual(lines.at(-1)?.details, { read: limits.FREE.read });
});
