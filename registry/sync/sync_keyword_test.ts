import assert from "node:assert/strict";
import { failsWith } from "../../tests/support/fails_with.ts";
import { SyncWorld } from "../../tests/support/sync_world.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { watchPackage } from "./watch_list.ts";

testDatabase("syncKeyword() goes through what a search finds", async ({ sql, ...rest }, t) => {
  const database = { sql, ...rest };
  await using world = new SyncWorld(database, undefined, {
    limits: { searchSize: 5, chunkPackages: 2, searchResults: 50 },
  });
  const { registry } = world;
  for (let index = 0; index < 12; index++) registry.publish(`found${index}`);
  registry.publish("ours", { keywords: ["airlock"] });
  registry.publish("both", { keywords: ["tpmjs", "airlock"] });
  registry.publish("neither", { keywords: ["web"] });

  await t.step("of both keywords, each package once", async () => {
    const { recorded, failed } = await world.run("keyword");
    assert.deepEqual([recorded, failed], [14, 0]);
    assert.equal(registry.asked(/^\/found3$/), 1);
    assert.equal(registry.asked(/^\/(?:neither|found3\/latest)/), 0);
  });

  await t.step("again it asks for nothing but the search, and for what is new", async () => {
    registry.requests.length = 0;
    assert.equal((await world.run("keyword")).recorded, 0);
    assert.equal(registry.asked(/^\/(?!-\/v1\/search)/), 0);
    registry.publish("found3", { version: "1.0.1" });
    assert.equal((await world.run("keyword")).recorded, 1);
    assert.equal(registry.asked(/^\/(?!-\/v1\/search)/), 1);
  });

  await t.step("a total that is a lie, and a page that is always the same, end it", async () => {
    registry.requests.length = 0;
    const page = { package: { name: "found0", version: "1.0.0" } };
    for (const total of [1e15, -1, 0, "many"]) {
      registry.intercept = ({ path }) =>
        path === "-/v1/search" ? Response.json({ objects: [page], total }) : undefined;
      await world.run("keyword");
    }
    assert.ok(registry.requests.length <= 16, `${registry.requests.length} requests`);
  });

  await t.step("a search without end is left at a bound", async () => {
    registry.requests.length = 0;
    registry.intercept = ({ path, url }) => {
      if (path !== "-/v1/search") return new Response("none", { status: 404 });
      const from = Number(url.searchParams.get("from"));
      const objects = Array.from(
        { length: 5 },
        (_, at) => ({ package: { name: `e${from + at}` } }),
      );
      return Response.json({ objects, total: 1e9 });
    };
    await world.run("keyword");
    assert.equal(registry.asked(/search/), 20);
  });

  await t.step("what only looks like it has the keyword is not recorded", async () => {
    registry.publish("fuzzy", { keywords: ["web"] });
    registry.intercept = ({ path }) =>
      path === "-/v1/search"
        ? Response.json({
          objects: [{ package: { name: "fuzzy", version: "1.0.0" } }, 7, null, {}],
        })
        : undefined;
    assert.equal((await world.run("keyword")).recorded, 0);
    registry.intercept = () => undefined;
    const rows = await sql`select from package where name = 'fuzzy'`;
    assert.equal(rows.length, 0);
  });

  await t.step("a run that was cut short goes on where it was", async () => {
    for (let index = 0; index < 12; index++) {
      registry.publish(`found${index}`, { version: "3.0.0" });
    }
    registry.intercept = ({ path, url }) =>
      path === "-/v1/search" && url.searchParams.get("from") === "5"
        ? new Response("down", { status: 500 })
        : undefined;
    await failsWith(world.run("keyword"), { code: "upstream_failed" });
    registry.intercept = () => undefined;
    registry.requests.length = 0;
    assert.equal((await world.run("keyword")).recorded, 7);
    assert.match(registry.requests[0] ?? "", /text=keywords%3Atpmjs&size=5&from=5/);
    assert.equal(registry.asked(/^\/found[0-4]$/), 0);
  });
});

testDatabase(
  "syncKeyword() asks for watched packages where there is no search",
  async (database) => {
    await using world = new SyncWorld(database, undefined, { limits: { chunkPackages: 2 } });
    const { registry } = world;
    for (const name of ["w1", "w2", "w3"]) {
      registry.publish(name, { keywords: [] });
      await watchPackage(database.sql, name);
    }
    const answers = [
      () => new Response("no", { status: 404 }),
      () => new Response("no", { status: 405 }),
      () => new Response(""),
      () => Response.json({ objects: [], total: 0 }),
    ];
    for (const [at, answer] of answers.entries()) {
      for (const name of ["w1", "w2", "w3"]) {
        registry.publish(name, { version: `1.${at}.0`, keywords: [] });
      }
      registry.intercept = ({ path }) => path === "-/v1/search" ? answer() : undefined;
      const { recorded, seen } = await world.run("keyword");
      assert.deepEqual([recorded, seen], [3, 3], `answer ${at}`);
    }
  },
);
