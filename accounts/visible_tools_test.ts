import assert from "node:assert/strict";
import { anonymousCaller, keyCaller, userCaller } from "../tests/support/callers.ts";
import { insertTools } from "../tests/support/sample_tools.ts";
import { testDatabase } from "../tests/support/test_database.ts";
import type { Caller } from "../spec/account.ts";
import { visibleTools } from "./visible_tools.ts";

testDatabase("visibleTools() shows held keys the tools of their collections", async (database) => {
  const { sql } = database;
  await insertTools(database, [
    { id: "tool_public" },
    { id: "tool_beside" },
    { id: "tool_own", owner: "ten_a", visibility: "private" },
    { id: "tool_theirs", owner: "ten_b", visibility: "private" },
  ]);
  await sql`insert into collection (id, owner_id, slug, name, visibility) values
    ('col_a', 'ten_a', 'a', 'a', 'private'), ('col_b', 'ten_b', 'b', 'b', 'private')`;
  for (
    const [collection, tool, position] of [
      ...[["col_a", "tool_public", 1], ["col_a", "tool_own", 2], ["col_a", "tool_theirs", 3]],
      ...[["col_b", "tool_beside", 1], ["col_b", "tool_own", 2]],
    ] as const
  ) {
    await sql`insert into collection_tool (id, collection_id, tool_id, position)
      values (${`${collection}_${tool}`}, ${collection}, ${tool}, ${position})`;
  }
  const seenBy = async (caller: Caller) => {
    const ids: string[] = [];
    for (const table of ["tool", "tools"]) {
      const rows = await sql<{ id: string }[]>`
        select id from ${sql(table)} where ${visibleTools(sql, caller)} order by id`;
      ids.push(rows.map(({ id }) => id).join());
    }
    assert.equal(ids[0], ids[1]);
    return ids[0];
  };
  assert.equal(await seenBy(userCaller()), "tool_beside,tool_own,tool_public");
  assert.equal(await seenBy(anonymousCaller()), "tool_beside,tool_public");
  const held = (...collections: string[]) => keyCaller({ collections });
  assert.equal(await seenBy(held("col_a")), "tool_own,tool_public");
  assert.equal(await seenBy(held()), "");
  // Another account's private collection opens nothing, whoever holds its id.
  assert.equal(await seenBy(held("col_b")), "");
  await sql`update collection set visibility = 'public' where id = 'col_b'`;
  assert.equal(await seenBy(held("col_b")), "tool_beside,tool_own");
});
