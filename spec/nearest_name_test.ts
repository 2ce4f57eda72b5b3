import assert from "node:assert/strict";
import { nearestName } from "./nearest_name.ts";

Deno.test("nearestName() finds the closest candidate or none", () => {
  const names = ["AIRLOCK_PORT", "AIRLOCK_HOST", "AIRLOCK_DATA_DIR"];
  assert.equal(nearestName("AIRLOCK_PROT", names), "AIRLOCK_PORT");
  assert.equal(nearestName("AIRLOCK_DATADIR", names), "AIRLOCK_DATA_DIR");
  assert.equal(nearestName("SOMETHING_ELSE_ENTIRELY", names), undefined);
});
