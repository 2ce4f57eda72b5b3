import assert from "node:assert/strict";
import { packageEntry } from "../../tests/support/catalog_entries.ts";
import { failsWith } from "../../tests/support/fails_with.ts";
import { SyncWorld } from "../../tests/support/sync_world.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { recordPackage } from "../catalog/record_package.ts";
import type { Database } from "../database/database.ts";
import { readSyncStatus } from "./sync_status.ts";

/** Tools that can be found, as `package@version tool strategy`. */
async function toolsIn({ sql }: Database): Promise<string[]> {
  const rows = await sql<{ package_name: string; version: string; name: string }[]>`
    select package_name, version, name from tools order by package_name, name`;
  return rows.map((row) => `${row.package_name}@${row.version} ${row.name}`);
}

testDatabase("syncChanges() follows a feed from where it was", async (database, t) => {
  await using world = new SyncWorld(database, undefined, { limits: { changesRows: 5 } });
  const { registry } = world;

  await t.step(
    "what says that it has tools is recorded, other packages are passed by",
    async () => {
      registry.publish("one", { tools: ["a", "b"] });
      registry.publish("plain", { keywords: ["web"] });
      registry.publish("@scope/two", { keywords: ["Airlock"], tools: ["c"] });
      registry.publish("three", { keywords: ["web", "tpmjs"], tools: ["d"] });
      const { seen, recorded, failed } = await world.run("changes");
      assert.deepEqual([seen, recorded, failed], [4, 3, 0]);
      assert.deepEqual(await toolsIn(database), [
        "@scope/two@1.0.0 c",
        "one@1.0.0 a",
        "one@1.0.0 b",
        "three@1.0.0 d",
      ]);
      const [row] = await database.sql`
      select schema_strategy, integrity, published_at is not null as dated, description, state
      from tool join package_version on package_version.id = version_id where name = 'a'`;
      assert.deepEqual({ ...row }, {
        schema_strategy: "none",
        integrity: "sha512-one",
        dated: true,
        description: "Does a",
        state: "building",
      });
      // Of a package that has none, one version was read and no more.
      assert.equal(registry.asked(/^\/plain$/), 0);
    },
  );

  await t.step("nothing new costs one question", async () => {
    registry.requests.length = 0;
    assert.deepEqual(await world.run("changes"), { seen: 0, recorded: 0, failed: 0 });
    assert.equal(registry.requests.length, 1);
  });

  await t.step("a newer version takes over, also without the keyword", async () => {
    registry.publish("one", { version: "1.1.0", keywords: [], tools: ["b", "e"] });
    assert.equal((await world.run("changes")).recorded, 1);
    assert.deepEqual((await toolsIn(database)).slice(1, 3), ["one@1.1.0 b", "one@1.1.0 e"]);
  });

  await t.step("rows that come twice and out of order change nothing", async () => {
    const before = await toolsIn(database);
    const last = registry.changes.length;
    const rows = [last + 4, last + 2, last + 3, last + 1, last + 3];
    registry.changes.push(...rows.map((seq) => ({ seq, id: "one" })));
    const { seen, recorded } = await world.run("changes");
    assert.deepEqual([seen, recorded], [5, 0]);
    assert.deepEqual(await toolsIn(database), before);
    while (registry.changes.length < last + 4) registry.changed("one");
  });

  await t.step("what a slow mirror still has does not take newer tools back", async () => {
    const modifiedAt = new Date(Date.now() - 86_400_000);
    registry.publish("one", { version: "1.0.0", tools: ["old"], modifiedAt });
    assert.equal((await world.run("changes")).recorded, 0);
    assert.ok((await toolsIn(database)).includes("one@1.1.0 e"));
  });

  await t.step("tools that were seen in code stay until those of the next are", async () => {
    const described = { name: "seen", version: "1.0.0", tools: [{ name: "real" }] };
    await recordPackage(database.sql, packageEntry(described));
    registry.publish("seen", { version: "1.0.0", tools: ["claimed"] });
    registry.publish("seen", { version: "2.0.0", tools: ["claimed"] });
    assert.equal((await world.run("changes")).recorded, 1);
    assert.ok((await toolsIn(database)).includes("seen@1.0.0 real"));
    await recordPackage(
      database.sql,
      packageEntry({ ...described, version: "2.0.0", tools: [{ name: "next" }] }),
    );
    assert.ok((await toolsIn(database)).includes("seen@2.0.0 next"));
  });

  await t.step("a version that was withdrawn takes its tools with it", async () => {
    registry.publish("bad", { version: "1.0.0", tools: ["good"] });
    registry.publish("bad", { version: "1.0.1", tools: ["evil"] });
    await world.run("changes");
    assert.ok((await toolsIn(database)).includes("bad@1.0.1 evil"));
    registry.unpublish("bad", { latest: "1.0.0" });
    await world.run("changes");
    assert.ok((await toolsIn(database)).includes("bad@1.0.0 good"));
    registry.unpublish("bad");
    await world.run("changes");
    assert.ok(!(await toolsIn(database)).some((tool) => tool.startsWith("bad")));
    registry.publish("bad", { version: "1.0.0", tools: ["good"] });
    await world.run("changes");
    assert.ok((await toolsIn(database)).includes("bad@1.0.0 good"));
  });
  assert.deepEqual(world.failures, []);
});

testDatabase("syncChanges() outlives what a registry may answer", async (database, t) => {
  await using world = new SyncWorld(database, undefined, {
    limits: { packumentBytes: 20_000, manifestBytes: 5_000, requestTimeoutMs: 200 },
  });
  const { registry } = world;
  const names = Array.from({ length: 12 }, (_, index) => `pkg${index}`);
  for (const name of names) registry.publish(name);
  const broken: Record<string, () => Response | Promise<Response>> = {
    pkg1: () => new Response("<html>garbage"),
    pkg2: () => new Response("x".repeat(50_000)),
    pkg3: () => Response.json({ name: "another", versions: {} }),
    pkg4: () => Response.json(null),
    pkg5: () => new Response("busy", { status: 503 }),
    pkg6: () => new Promise((resolve) => setTimeout(() => resolve(new Response("late")), 1_000)),
    pkg7: () => new Response("no", { status: 403 }),
  };

  await t.step("what cannot be read is put off, and all else is recorded", async () => {
    registry.intercept = ({ path }) => broken[path.replace("/latest", "")]?.();
    const { seen, recorded, failed } = await world.run("changes");
    assert.deepEqual([seen, recorded, failed], [12, 5, 7]);
    assert.equal((await readSyncStatus(database.sql)).waiting, 7);
  });

  await t.step("and is read when its time has come", async () => {
    registry.intercept = () => undefined;
    assert.equal((await world.run("changes")).seen, 0);
    await database.sql`update sync_retry set next_at = now()`;
    assert.equal((await world.run("changes")).recorded, 7);
    assert.equal((await readSyncStatus(database.sql)).waiting, 0);
  });

  await t.step("a huge packument is read by its newest version alone", async () => {
    registry.publish("huge");
    registry.intercept = ({ path }) =>
      path === "huge" ? new Response("x".repeat(50_000)) : undefined;
    assert.equal((await world.run("changes")).recorded, 1);
  });

  await t.step("a registry that is down moves nothing", async () => {
    for (const name of names) registry.publish(name, { version: "2.0.0" });
    registry.intercept = ({ path }) =>
      path === "_changes" ? undefined : new Response("down", { status: 502 });
    await failsWith(world.run("changes"), { code: "upstream_failed" });
    const { jobs } = await readSyncStatus(database.sql);
    assert.equal(jobs[0]?.failures, 1);
    assert.match(jobs[0]?.last?.error ?? "", /answered 502/);
    registry.intercept = () => undefined;
    assert.equal((await world.run("changes")).recorded, 12);
    assert.equal((await readSyncStatus(database.sql)).jobs[0]?.failures, 0);
  });

  await t.step("who asks for time gets it, from all runs", async () => {
    registry.publish("after");
    registry.intercept = () =>
      new Response("slow down", { status: 429, headers: { "retry-after": "3600" } });
    await failsWith(world.run("changes"), { code: "upstream_failed" });
    registry.intercept = () => undefined;
    const asked = registry.requests.length;
    await assert.rejects(
      world.run("changes"),
      (error: { code?: string; retryAfterMs?: number }) => {
        assert.equal(error.code, "rate_limited");
        assert.ok((error.retryAfterMs ?? 0) > 3_000_000);
        return true;
      },
    );
    assert.equal(registry.requests.length, asked);
    await database.sql`update sync_checkpoint set not_before = now()`;
    assert.equal((await world.run("changes")).recorded, 1);
  });

  await t.step("garbage instead of a feed moves nothing", async () => {
    for (
      const answer of ["<html>", "[]", '{"results": 7}', "", '{"results": [{"seq": 1}, 7, null]}']
    ) {
      registry.intercept = () => new Response(answer);
      await world.run("changes").catch((error) => assert.equal(error.code, "upstream_failed"));
    }
    registry.intercept = () => undefined;
    registry.publish("then");
    assert.equal((await world.run("changes")).recorded, 1);
  });

  await t.step("names that are none, and texts that no database takes, harm nobody", async () => {
    registry.changes.push({ seq: registry.changes.length + 1, id: "../../etc" });
    registry.changes.push({ seq: registry.changes.length + 1, id: "_design/app" });
    registry.publish("odd", {
      tools: ["nul\0byte", "half\ud800", "__proto__"],
      more: { description: "\0\ud800" },
    });
    registry.publish("fine");
    const { recorded, failed } = await world.run("changes");
    assert.deepEqual([recorded, failed], [2, 0]);
    assert.equal((await toolsIn(database)).filter((tool) => tool.startsWith("odd@")).length, 3);
  });
  assert.ok(registry.mostAtOnce <= 4, `${registry.mostAtOnce} requests at once`);
});

testDatabase(
  "syncChanges() begins a feed at its end, and asks for watched packages without one",
  async (database, t) => {
    const { watchPackage } = await import("./watch_list.ts");
    await t.step("now", async () => {
      await using world = new SyncWorld(database, undefined, { jobs: { changesSince: "now" } });
      world.registry.publish("before");
      assert.equal((await world.run("changes")).seen, 0);
      world.registry.publish("after");
      assert.equal((await world.run("changes")).recorded, 1);
      assert.deepEqual(await toolsIn(database), ["after@1.0.0 run"]);
    });
    await t.step("watched", async () => {
      await using world = new SyncWorld(database, undefined, {
        jobs: { changesUrl: undefined },
        limits: { chunkPackages: 2 },
      });
      const { registry } = world;
      for (const name of ["w1", "w2", "w3", "@own/w4"]) {
        registry.publish(name, { keywords: [] });
        await watchPackage(database.sql, name);
      }
      registry.publish("nobody");
      assert.deepEqual(await world.run("changes"), { seen: 4, recorded: 4, failed: 0 });
      registry.publish("w2", { version: "1.1.0", keywords: [] });
      const before = await database.sql`select updated_at from tool order by id`;
      assert.deepEqual(await world.run("changes"), { seen: 4, recorded: 1, failed: 0 });
      const after = await database.sql`select updated_at from tool order by id`;
      const changed = after.filter((row, at) => +row.updated_at !== +before[at]?.updated_at);
      assert.equal(changed.length, 1, "what is unchanged is not stored again");
      assert.equal(registry.asked(/^\/(?:nobody|_changes)/), 0);
    });
  },
);
