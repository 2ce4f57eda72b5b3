import assert from "node:assert/strict";
import { testDatabase } from "../../tests/support/test_database.ts";

testDatabase(
  "openDatabase() gives postgres.js on either kind",
  async ({ sql, kind, health }, t) => {
    await sql`create table test_thing (
    id text primary key, tags text[], body jsonb, at timestamptz not null default now(), raw bytea)`;

    await t.step("values of every kind come back as they went", async () => {
      const body = { deep: [1, "två", null, { a: true }], quote: `'";--` };
      const row = {
        id: "a",
        tags: ["x", 'y"'],
        body: sql.json(body),
        raw: new Uint8Array([0, 255]),
      };
      await sql`insert into test_thing ${sql(row)}`;
      const [found] = await sql`select * from test_thing where id = ${"a"}`;
      assert.deepEqual(found!.tags, ["x", 'y"']);
      assert.deepEqual(found!.body, body);
      assert.deepEqual([...found!.raw], [0, 255]);
      assert(found!.at instanceof Date);
    });

    await t.step("errors have the codes of PostgreSQL", async () => {
      await assert.rejects(sql`insert into test_thing (id) values ('a')`, { code: "23505" });
      await assert.rejects(sql`select * from nothing`, { code: "42P01" });
      await assert.rejects(sql`select from where`, { code: "42601" });
      const [still] = await sql`select 1 as one`;
      assert.equal(still!.one, 1);
    });

    await t.step("a transaction is whole or not at all, and alone", async () => {
      await sql`create table balance (id int primary key, cents int not null)`;
      await sql`insert into balance select n, 100 from generate_series(1, 10) n`;
      const transfer = (round: number) =>
        sql.begin(async (tx) => {
          await tx`update balance set cents = cents - 1 where id = ${1 + round % 10}`;
          if (round % 7 === 0) throw new Error("changed my mind");
          if (round % 11 === 0) await tx`select * from nothing`;
          await tx`update balance set cents = cents + 1 where id = ${1 + (round + 3) % 10}`;
        }).then(() => true, () => false);
      // In rows of ids that rise, servers would see deadlocks, which are failures like the others.
      const outcomes = await Promise.all(
        Array.from({ length: 300 }, (_, round) => transfer(round)),
      );
      assert(outcomes.filter((ok) => ok).length > 100);
      const [{ sum } = {}] = await sql`select sum(cents)::int as sum from balance`;
      assert.equal(sum, 1000);
    });

    await t.step("cursors, large values, many statements, locks", async () => {
      let rows = 0;
      for await (const batch of sql`select generate_series(1, 2500) n`.cursor(1000)) {
        rows += batch.length;
      }
      assert.equal(rows, 2500);
      const large = "ü".repeat(1_500_000);
      const [{ length } = {}] = await sql`select length(${large}) as length`;
      assert.equal(length, large.length);
      await sql.unsafe(
        "create table one (a int); create table two (b int); insert into two values (1)",
      );
      const [{ b } = {}] = await sql`select b from two for update skip locked`;
      assert.equal(b, 1);
      const [{ similar } = {}] = await sql`select similarity('airlock', 'airlok') > 0.4 as similar`;
      assert.equal(similar, true);
    });

    await t.step("health() is ok", async () => {
      const { latencyMs, ...facts } = await health();
      assert.deepEqual(facts, { kind, state: "ok", problem: null });
      assert(latencyMs !== null && latencyMs >= 0);
    });
  },
);
