import assert from "node:assert/strict";
import { openMetering } from "../../../accounts/open_metering.ts";
import { writeUsage } from "../../../accounts/usage/write_usage.ts";
import { AccountsWorld } from "../../../tests/support/accounts_world.ts";
import { userCaller } from "../../../tests/support/callers.ts";
import { fakeGateway } from "../../../tests/support/fake_gateway.ts";
import { sampleUsageRow as row } from "../../../tests/support/sample_usage_row.ts";

Deno.test("/api/usage tells an account what it called, and nobody else", async (t) => {
  await using world = await AccountsWorld.open();
  const at = new Date(Date.now() - 60_000).toISOString();
  await writeUsage(world.database.sql, [
    ...["c1", "c2", "c3"].map((id) => row({ id, at, owner_id: "local" })),
    row({ id: "c4", at, owner_id: "ten_b", tool_name: "theirs" }),
  ]);
  const json = async (path: string, asked = {}) => await (await world.ask(path, asked)).json();

  await t.step("sums by day and hour, and by tool", async () => {
    for (const by of ["day", "hour"]) {
      const { periods, tools } = await json(`/api/usage?by=${by}`);
      assert.equal(
        periods.reduce((sum: number, { calls }: { calls: number }) => sum + calls, 0),
        3,
      );
      assert.deepEqual(tools.map(({ toolName }: { toolName: string }) => toolName), ["echo"]);
    }
    const { periods } = await json(
      "/api/usage?from=2001-01-01T00:00:00Z&until=2002-01-01T00:00:00Z",
    );
    assert.deepEqual(periods, []);
    for (const query of ["by=week", "from=yesterday", "until=2030-13-01T00:00:00Z"]) {
      assert.equal((await world.ask(`/api/usage?${query}`)).status, 400, query);
    }
  });
  await t.step("lines page by page, and as a file", async () => {
    const first = await json("/api/usage/calls?limit=2");
    const second = await json(`/api/usage/calls?limit=2&cursor=${first.nextCursor}`);
    const ids = [...first.items, ...second.items].map(({ id }: { id: string }) => id);
    assert.deepEqual(ids.toSorted(), ["c1", "c2", "c3"]);
    assert.equal(second.nextCursor, null);
    const csv = await world.ask("/api/usage/export?format=csv");
    assert.match(csv.headers.get("content-disposition") ?? "", /calls\.csv/);
    assert.equal((await csv.text()).trimEnd().split("\r\n").length, 4);
    const lines = (await (await world.ask("/api/usage/export")).text()).trimEnd().split("\n");
    assert.equal(lines.length, 3);
  });
  await t.step("a key sees its own account only, and only with the scope", async () => {
    const theirs = userCaller({ tenant: "ten_b" });
    const { token: key } = await world.makeKey(theirs, { scopes: ["usage:read"] });
    const { items } = await json("/api/usage/calls", { key });
    assert.deepEqual(items.map(({ id }: { id: string }) => id), ["c4"]);
    const { token: blind } = await world.makeKey(theirs, { scopes: ["tools:read"] });
    assert.equal((await world.ask("/api/usage", { key: blind })).status, 403);
  });
});

Deno.test("calls are counted, logged, and turned away where they are too many", async () => {
  await using world = await AccountsWorld.open();
  const { accounts, database } = world;
  const { token: key } = await world.makeKey(userCaller(), { scopes: ["tools:execute"] });
  await database.sql`insert into tier_limit values ('FREE', 'execute', 3, 86400000)`;
  {
    await using metering = await openMetering({
      ...{ database, rateStore: "database", whenStoreIsDown: "closed" },
      onFailure: (error) => assert.fail(String(error)),
    });
    // What tiers are given is read behind the back of the first that asks.
    while (metering.limiter.take(userCaller({ tenant: "probe" }), PROBE) !== null) {
      const taken = await metering.limiter.take(userCaller({ tenant: "probe" }), PROBE);
      if (taken?.limit.limit === 3) break;
    }
    const { app } = fakeGateway({ accounts, metering });
    const call = () =>
      app.request("http://127.0.0.1:8787/execute-tool", {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
        body: JSON.stringify({ packageName: "p", name: "echo", params: { password: "hunter2" } }),
      });
    const answers = await Promise.all(Array.from({ length: 20 }, call));
    const statuses = answers.map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 200).length, 3, String(statuses));
    const refused = answers.find(({ status }) => status === 429)!;
    assert.equal(refused.headers.get("ratelimit-limit"), "3");
    assert.equal(refused.headers.get("ratelimit-remaining"), "0");
    assert.ok(Number(refused.headers.get("retry-after")) > 0);
    assert.equal((await refused.json()).code, "rate_limited");
    for (const answer of answers) if (!answer.bodyUsed) await answer.body?.cancel();
  }
  const rows = await database.sql`select owner_id, outcome, key_id, params from call_log`;
  assert.equal(rows.length, 3);
  assert.ok(rows.every((one) => one.owner_id === "ten_a" && one.params === null));
  assert.ok(rows.every((one) => typeof one.key_id === "string"));
});

const PROBE = { rateClass: "execute", address: () => "192.0.2.1" } as const;
