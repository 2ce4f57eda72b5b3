import { keyCaller, userCaller } from "../../tests/support/callers.ts";
import assert from "node:assert/strict";
import { testDatabase } from "../../tests/support/test_database.ts";
import { requireCollections } from "./require_collections.ts";

testDatabase(
  "requireCollections() finds what the caller sees, and nothing else",
  async ({ sql }) => {
    await sql`insert into collection (id, owner_id, slug, name, visibility) values
    ('col_mine', 'ten_a', 'a', 'a', 'private'), ('col_theirs', 'ten_b', 'b', 'b', 'private'),
    ('col_public', 'ten_b', 'c', 'c', 'public')`;
    const check = (...ids: string[]) => requireCollections(sql, userCaller(), { ids });
    await check();
    await check("col_mine", "col_public", "col_mine");
    for (const id of ["col_theirs", "col_none", "' or true --"]) {
      await assert.rejects(check("col_mine", id), {
        code: "not_found",
        details: { collection: id },
      });
    }
    const held = keyCaller({ collections: ["col_public"] });
    await assert.rejects(requireCollections(sql, held, { ids: ["col_mine"] }), {
      code: "not_found",
    });
  },
);
