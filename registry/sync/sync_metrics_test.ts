import assert from "node:assert/strict";
import { failsWith } from "../../tests/support/fails_with.ts";
import { SyncWorld } from "../../tests/support/sync_world.ts";
import { testDatabase } from "../../tests/support/test_database.ts";

testDatabase("syncMetrics() reads downloads and stars", async (database, t) => {
  const { sql } = database;
  await using world = new SyncWorld(database, undefined, {
    limits: { downloadNames: 4, chunkPackages: 3 },
  });
  const { registry } = world;
  const repository = (name: string) => ({ more: { repository: `github:owner/${name}` } });
  for (let at = 0; at < 6; at++) registry.publish(`plain${at}`, repository("mono"));
  registry.publish("@scope/one", repository("one"));
  registry.publish("@scope/two", repository("gone"));
  registry.publish("alone");
  await world.run("changes");
  for (const name of ["plain0", "plain1", "@scope/one"]) registry.downloads.set(name, 1_000);
  registry.stars.set("owner/mono", 50).set("owner/one", 7);
  const numbers = async () => {
    const rows = await sql<
      { name: string; week: number | null; stars: number | null; popularity: number }[]
    >`
      select package.name, downloads_week as week, stars, popularity
      from package join tool on tool.package_id = package.id order by package.name`;
    return Object.fromEntries(rows.map(({ name, week, stars, popularity }) => [
      name,
      { numbers: [week, stars], popularity },
    ]));
  };

  await t.step("many at once, scopes one by one, a repository once a part", async () => {
    registry.requests.length = 0;
    const { failed } = await world.run("metrics");
    assert.equal(failed, 7);
    const known = await numbers();
    assert.deepEqual(known["plain0"]?.numbers, [1_000, 50]);
    assert.deepEqual(known["plain5"]?.numbers, [null, 50]);
    assert.deepEqual(known["@scope/one"]?.numbers, [1_000, 7]);
    assert.deepEqual(known["@scope/two"]?.numbers, [null, null]);
    assert.ok((known["plain0"]?.popularity ?? 0) > (known["plain5"]?.popularity ?? 9));
    assert.equal(known["alone"]?.popularity, 0);
    assert.ok(registry.asked(/point\/last-week\//) <= 5, registry.requests.join("\n"));
    assert.ok(registry.asked(/repos\/owner\/mono/) <= 3);
  });

  await t.step("numbers that are none change nothing", async () => {
    const before = await numbers();
    for (const nonsense of [null, -1, 1.5, "9", { downloads: "many" }, { stargazers_count: [] }]) {
      registry.intercept = () => Response.json({ plain0: nonsense, downloads: nonsense });
      await world.run("metrics");
    }
    registry.intercept = () => new Response("<html>");
    await world.run("metrics");
    assert.deepEqual(await numbers(), before);
    registry.intercept = () => Response.json({ downloads: 1e300, stargazers_count: 1e300 });
    await world.run("metrics");
    registry.intercept = () => undefined;
    assert.deepEqual((await numbers())["@scope/one"]?.numbers, [1_000_000_000, 1_000_000_000]);
    await world.run("metrics");
    assert.deepEqual((await numbers())["@scope/one"]?.numbers, [1_000, 7]);
  });

  await t.step(
    "a rate limit that is used up ends the run, and the next one does the rest",
    async () => {
      await sql`update package set stars_at = null, stars = null`;
      const reset = String(Math.ceil(Date.now() / 1_000) + 600);
      registry.intercept = ({ path }) =>
        path.startsWith("repos/owner/one")
          ? new Response("limit", {
            status: 403,
            headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset },
          })
          : undefined;
      await failsWith(world.run("metrics"), { code: "upstream_failed" });
      registry.intercept = () => undefined;
      await failsWith(world.run("metrics"), { code: "rate_limited" });
      await sql`update sync_checkpoint set not_before = null`;
      registry.requests.length = 0;
      await world.run("metrics");
      // Downloads of the pass were read before it was cut short.
      assert.equal(registry.asked(/point/), 0);
      assert.deepEqual((await numbers())["@scope/one"]?.numbers, [1_000, 7]);
      assert.deepEqual((await numbers())["plain3"]?.numbers, [null, 50]);
    },
  );

  await t.step("a token is sent to the API of stars, and to nobody else", async () => {
    const seen = new Map<string, string | null>();
    await using other = new SyncWorld(database, undefined, { jobs: { githubToken: "secret" } });
    other.registry.intercept = ({ path, request }) => {
      seen.set(path.split("/")[0]!, request.headers.get("authorization"));
      return undefined;
    };
    await other.run("metrics");
    assert.deepEqual([...seen], [["point", null], ["repos", "Bearer secret"]]);
  });

  await t.step("nobody is asked where there is nobody", async () => {
    await using silent = new SyncWorld(database, undefined, {
      jobs: { downloadsUrl: undefined, githubApiUrl: undefined },
    });
    assert.deepEqual(await silent.run("metrics"), { seen: 0, recorded: 0, failed: 0 });
    assert.deepEqual(silent.registry.requests, []);
  });
});

testDatabase("takeSnapshot() keeps one row a day", async (database) => {
  await using world = new SyncWorld(database);
  world.registry.publish("one", { tools: ["a", "b"] });
  await world.run("stats-snapshot");
  await world.run("changes");
  await world.run("stats-snapshot");
  const rows = await database.sql`
    select packages, versions, tools, tools_described, downloads_week::int,
      day = (now() at time zone 'utc')::date as today from stats_snapshot`;
  assert.deepEqual(rows.map((row) => ({ ...row })), [
    { packages: 1, versions: 1, tools: 2, tools_described: 0, downloads_week: 0, today: true },
  ]);
});
