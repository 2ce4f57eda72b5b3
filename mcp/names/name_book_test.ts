import assert from "node:assert/strict";
import type { Database } from "../../registry/database/database.ts";
import { failsWith } from "../../tests/support/fails_with.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { NameBook, type ToolNames } from "./name_book.ts";
import type { NamedTool } from "./wanted_name.ts";

const SCOPE = { collectionId: "col_1" };

function tool(key: string, sourceName: string): NamedTool {
  return { key, kind: "npm", sourceName, toolName: "run" };
}

async function addCollection({ sql }: Database): Promise<void> {
  await sql`
    insert into collection (id, owner_id, slug, name) values ('col_1', 'ten_a', 'mine', 'Mine')`;
}

function plain(names: ToolNames): Record<string, string> {
  return Object.fromEntries([...names].map(([key, { name }]) => [key, name]));
}

testDatabase("NameBook gives each tool a name of its own, for good", async (db, t) => {
  await addCollection(db);
  const book = new NameBook(db.sql);
  const first = plain(await book.namesOf(SCOPE, [tool("1", "a-b")]));
  await t.step("also when others come that want it", async () => {
    const names = plain(await book.namesOf(SCOPE, [tool("0", "@a/b"), tool("1", "a-b")]));
    assert.equal(names["1"], first["1"]);
    assert.notEqual(names["0"], names["1"]);
    // As after a restart.
    const again = await new NameBook(db.sql).namesOf(SCOPE, [tool("1", "a-b"), tool("0", "@a/b")]);
    assert.deepEqual(plain(again), names);
  });
  await t.step("also when it has gone: nobody takes over what was approved", async () => {
    const names = plain(await book.namesOf(SCOPE, [tool("2", "a.b")]));
    assert.notEqual(names["2"], first["1"]);
  });
  await t.step("also when two nodes name at once", async () => {
    const tools = [tool("x", "@x/y"), tool("y", "x-y")];
    const [one, other] = await Promise.all([
      new NameBook(db.sql).namesOf(SCOPE, tools),
      new NameBook(db.sql).namesOf(SCOPE, [...tools].reverse()),
    ]);
    assert.deepEqual([one.get("x"), one.get("y")], [other.get("x"), other.get("y")]);
  });
  await t.step("apart from other scopes", async () => {
    const names = plain(await book.namesOf({ tenant: "ten_a" }, [tool("9", "a-b")]));
    assert.equal(names["9"], "a-b--run");
  });
  await t.step("within bounds", async () => {
    const tight = new NameBook(db.sql, { maxScopes: 1, maxNames: 1 });
    await failsWith(tight.namesOf({ tenant: "b" }, [tool("1", "a"), tool("2", "b")]), {
      code: "resource_limit",
    });
  });
});
