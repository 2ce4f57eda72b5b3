import assert from "node:assert/strict";
import { failsWith } from "../../tests/support/fails_with.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { listWatched, unwatchPackage, watchPackage } from "./watch_list.ts";

testDatabase("watchPackage() keeps each name once", async ({ sql }) => {
  for (const name of ["b", "@scope/a", "b", "c"]) await watchPackage(sql, name);
  const names = async (after?: string) =>
    (await listWatched(sql, { limit: 2, after })).map(({ name }) => name);
  assert.deepEqual(await names(), ["@scope/a", "b"]);
  assert.deepEqual(await names("b"), ["c"]);
  const [first] = await listWatched(sql, { limit: 1 });
  assert.equal(first?.checkedAt, null);
  assert.ok(!Number.isNaN(Date.parse(first?.addedAt ?? "")));
  assert.equal(await unwatchPackage(sql, "b"), true);
  assert.equal(await unwatchPackage(sql, "b"), false);
  for (const wrong of ["", "../x", "a@1.0.0", "https://x.example/a"]) {
    await failsWith(watchPackage(sql, wrong), { code: "invalid_input" });
  }
});
