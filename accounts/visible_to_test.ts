import assert from "node:assert/strict";
import { ANONYMOUS_TENANT, type Caller } from "../spec/account.ts";
import { anonymousCaller, keyCaller, ownerCaller, userCaller } from "../tests/support/callers.ts";
import { testDatabase } from "../tests/support/test_database.ts";
import { isVisible } from "./authorise.ts";
import { RESOURCE_KINDS } from "./resource.ts";
import { type Condition, visibleTo } from "./visible_to.ts";

const TENANTS = ["ten_a", "ten_b", "local", ANONYMOUS_TENANT, "' or true --"];
const COLLECTIONS = ["col_1", "col_2", "col_3"];

function pick<T>(items: readonly T[]): T {
  return items[Math.floor(Math.random() * items.length)]!;
}

function randomCaller(): Caller {
  const base = pick([keyCaller(), userCaller(), ownerCaller(), anonymousCaller()]);
  const held = COLLECTIONS.filter(() => Math.random() < 0.4);
  return {
    ...base,
    tenant: Math.random() < 0.7 ? pick(TENANTS) : base.tenant,
    collections: pick([null, held]),
  };
}

testDatabase("visibleTo() says of random callers and things what isVisible() says", async (db) => {
  const { sql } = db;
  await sql`create table thing (
    id text primary key, owner_id text, visibility text not null, collection_id text)`;
  const things = Array.from({ length: 60 }, (_, index) => ({
    id: `thing_${index}`,
    owner_id: pick([...TENANTS, null]),
    visibility: pick(["public", "private"] as const),
    collection_id: pick([...COLLECTIONS, null]),
  }));
  await sql`insert into thing ${sql(things)}`;
  for (let round = 0; round < 150; round++) {
    const caller = randomCaller();
    const kind = pick(RESOURCE_KINDS);
    const rows = await sql<{ id: string }[]>`
      select t.id from thing t join thing other on other.id = t.id
      where ${visibleTo(sql, caller, { kind, table: "t", collectionColumn: "collection_id" })}`;
    const expected = things.filter((thing) =>
      isVisible(caller, {
        kind,
        tenant: thing.owner_id,
        visibility: thing.visibility,
        collectionId: thing.collection_id ?? undefined,
      })
    );
    assert.deepEqual(
      rows.map(({ id }) => id).sort(),
      expected.map(({ id }) => id).sort(),
      JSON.stringify({ kind, caller: { ...caller, scopes: [...caller.scopes] } }),
    );
  }
});

testDatabase("visibleTo() hides from held keys whatever has no collection to go by", async (db) => {
  const { sql } = db;
  await sql`create table collection_like_thing (id text, owner_id text, visibility text)`;
  await sql`insert into collection_like_thing values ('col_1', 'ten_a', 'private'),
    ('col_2', 'ten_a', 'private')`;
  const held = keyCaller({ collections: ["col_1"] });
  const count = async (kind: "collection" | "tool") => {
    const rows = await sql`select id from collection_like_thing where ${
      visibleTo(sql, held, kind)
    }`;
    return rows.map((row) => row.id);
  };
  assert.deepEqual(await count("collection"), ["col_1"]);
  assert.deepEqual(await count("tool"), []);
});

testDatabase("visibleTo() is what hides other accounts' rows", async ({ sql }) => {
  await sql`insert into secret_data_key (owner_id, master_id, sealed)
    values ('ten_a', 'm', ''), ('ten_b', 'm', '')`;
  await sql`insert into secret (id, owner_id, name, sealed)
    values ('sec_a', 'ten_a', 'A', ''), ('sec_b', 'ten_b', 'B', '')`;
  const idsWhere = async (rule: Condition) => {
    const rows = await sql<{ id: string }[]>`select id from secret where ${rule} order by id`;
    return rows.map(({ id }) => id);
  };
  assert.deepEqual(await idsWhere(visibleTo(sql, userCaller(), "secret")), ["sec_a"]);
  assert.deepEqual(await idsWhere(visibleTo(sql, anonymousCaller(), "secret")), []);
  // The same query without the rule gives everything away.
  assert.deepEqual(await idsWhere(sql`true`), ["sec_a", "sec_b"]);
});
