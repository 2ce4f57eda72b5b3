import assert from "node:assert/strict";
import { createCollection } from "../accounts/collections/change_collection.ts";
import { readPin } from "../registry/pins/read_pins.ts";
import type { AnySql } from "../registry/database/database.ts";
import { ownerCaller } from "../tests/support/callers.ts";
import { failsWith } from "../tests/support/fails_with.ts";
import { insertTools } from "../tests/support/sample_tools.ts";
import { testDatabase } from "../tests/support/test_database.ts";
import { enterTool, leaveTool } from "./collection_entry.ts";

const ACTOR = { caller: ownerCaller(), requestId: null };

testDatabase(
  "enterTool() pins what it adds or adds nothing, leaveTool() takes both",
  async (database) => {
    const { sql } = database;
    await insertTools(database, [{ id: "tool_1" }, { id: "tool_2" }]);
    await sql`update package_version set lock = null where id = 'ver_tool_2'`;
    const { id: collectionId } = await sql.begin((tx: AnySql) =>
      createCollection(tx, ACTOR, { name: "One" })
    );
    const enter = (toolId: string) =>
      sql.begin((tx: AnySql) => enterTool(tx, ACTOR, { collectionId, toolId }));
    const toolIds = async () =>
      (await sql`select tool_id from collection_tool`).map((row) => row.tool_id);
    await enter("tool_1");
    assert.equal((await readPin(sql, { collectionId, toolId: "tool_1" }))?.version, "1.0.0");
    // Nobody knows what it consists of: nothing to hold a call to.
    await failsWith(enter("tool_2"), { code: "conflict" });
    assert.deepEqual(await toolIds(), ["tool_1"]);
    await sql.begin((tx: AnySql) => leaveTool(tx, ACTOR, { collectionId, toolId: "tool_1" }));
    assert.deepEqual(await toolIds(), []);
    assert.equal(await readPin(sql, { collectionId, toolId: "tool_1" }), null);
  },
);
