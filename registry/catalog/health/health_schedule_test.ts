import assert from "node:assert/strict";
import { FAKE_DESCRIPTION, fakeFailure, fakeSuccess } from "../../../tests/support/fake_gateway.ts";
import { packageEntry } from "../../../tests/support/catalog_entries.ts";
import { testDatabase } from "../../../tests/support/test_database.ts";
import type { ErrorCode } from "../../../spec/errors.ts";
import type { CallContext, ExecutionRequest } from "../../../spec/execution.ts";
import type { Sql } from "../../database/database.ts";
import { readTool } from "../read_tool.ts";
import { recordPackage } from "../record_package.ts";
import { HealthSchedule } from "./health_schedule.ts";
import { listChecks } from "./list_checks.ts";
import { BROKEN_AFTER } from "./record_check.ts";

const TOOLS = [{ name: "greet" }, { name: "loose" }, { name: "gone" }];

function scheduleOf(sql: Sql, more: { readonly fails?: ErrorCode; readonly intervalMs?: number }) {
  const calls: { request: ExecutionRequest; context: CallContext }[] = [];
  const schedule = new HealthSchedule({
    sql,
    executor: {
      execute(request, context) {
        calls.push({ request, context });
        const { fails } = more;
        return Promise.resolve(
          fails === undefined ? fakeSuccess(request, context) : fakeFailure(fails, context),
        );
      },
    },
    describer: { describe: () => Promise.resolve(FAKE_DESCRIPTION) },
    ...{ roundMs: 3_600_000, intervalMs: more.intervalMs ?? 0, maxTools: 10, concurrency: 2 },
    onFailure: (error) => assert.fail(String(error)),
  });
  return { schedule, calls, [Symbol.asyncDispose]: () => schedule[Symbol.asyncDispose]() };
}

testDatabase(
  "HealthSchedule tries tools, keeps how they did, and marks the broken",
  async ({ sql }, t) => {
    const visible = sql`true`;
    await recordPackage(
      sql,
      packageEntry({
        name: "kit",
        tools: TOOLS,
        manifest: { examples: [{ tool: "greet", params: { name: "Bo" } }] },
      }),
    );
    const healthOf = async (tool: string) => (await readTool(sql, { tool, visible })).health;

    await t.step("with what its package gives, or by loading it", async () => {
      await using world = scheduleOf(sql, {});
      assert.equal(await world.schedule.checkDue(), 3);
      assert.deepEqual(world.calls.map(({ request }) => [request.name, request.params]), [
        ["greet", { name: "Bo" }],
      ]);
      const [call] = world.calls;
      assert.deepEqual([call?.context.tenant, call?.request.version], ["health", "1.0.0"]);
      assert.equal(call?.request.permissions, undefined);
      assert.equal(await healthOf("kit-greet"), "healthy");
      assert.equal(await healthOf("kit-loose"), "healthy");
      const { checks } = await listChecks(sql, { tool: "kit-gone", visible });
      assert.deepEqual(checks.map(({ kind, ok, code }) => [kind, ok, code]), [
        ["load", false, "tool_not_found"],
      ]);
    });

    await t.step("not before the interval is over, and one node of several each", async () => {
      await using idle = scheduleOf(sql, { intervalMs: 3_600_000 });
      assert.equal(await idle.schedule.checkDue(), 0);
      await sql`update tool set health_checked_at = null`;
      await using one = scheduleOf(sql, { intervalMs: 3_600_000 });
      await using two = scheduleOf(sql, { intervalMs: 3_600_000 });
      const counts = await Promise.all([one.schedule.checkDue(), two.schedule.checkDue()]);
      assert.equal(counts[0] + counts[1], 3);
      assert.equal(one.calls.length + two.calls.length, 1);
    });

    await t.step("broken after failures in a row, healthy again after one success", async () => {
      await using bad = scheduleOf(sql, { fails: "tool_error" });
      for (let round = 1; round <= BROKEN_AFTER; round++) {
        assert.equal(await healthOf("kit-greet"), "healthy");
        await bad.schedule.checkDue();
      }
      assert.equal(await healthOf("kit-greet"), "broken");
      const [row] = await sql`select health from package`;
      assert.equal(row?.health, "broken");
      await using good = scheduleOf(sql, {});
      await good.schedule.checkDue();
      assert.equal(await healthOf("kit-greet"), "healthy");
    });

    await t.step("what is ours, or of the moment, is not held against it", async () => {
      const before = (await listChecks(sql, { tool: "kit-greet", visible })).checks.length;
      for (const fails of ["pool_exhausted", "permission_denied", "internal"] as const) {
        await using busy = scheduleOf(sql, { fails });
        for (let round = 0; round <= BROKEN_AFTER; round++) await busy.schedule.checkDue();
      }
      assert.equal(await healthOf("kit-greet"), "healthy");
      assert.equal((await listChecks(sql, { tool: "kit-greet", visible })).checks.length, before);
    });

    await t.step("history is bounded, and another version begins anew", async () => {
      await using world = scheduleOf(sql, {});
      for (let round = 0; round < 55; round++) await world.schedule.checkDue();
      assert.equal((await listChecks(sql, { tool: "kit-greet", visible })).checks.length, 50);
      await recordPackage(sql, packageEntry({ name: "kit", version: "1.0.1", tools: TOOLS }));
      assert.equal(await healthOf("kit-greet"), "unknown");
    });
  },
);
