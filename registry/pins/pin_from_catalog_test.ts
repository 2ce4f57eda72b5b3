import assert from "node:assert/strict";
import { packageEntry } from "../../tests/support/catalog_entries.ts";
import { failsWith } from "../../tests/support/fails_with.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { readTool } from "../catalog/read_tool.ts";
import { recordPackage } from "../catalog/record_package.ts";
import { pinFromCatalog } from "./pin_from_catalog.ts";
import { toolState } from "./tool_state.ts";

const LOCK = { packages: { "greeter@1.0.0": "sha512-A" }, modules: {} };

testDatabase("pinFromCatalog() pins the version that the catalog has", async ({ sql }) => {
  const entry = { ...packageEntry({ name: "greeter", tools: [{ name: "greet" }] }), lock: LOCK };
  await recordPackage(sql, entry);
  const { id: toolId } = await readTool(sql, { tool: "greeter-greet", visible: sql`true` });
  const where = { collectionId: "col_1", ownerId: "local", by: null };
  const pin = await pinFromCatalog(sql, { ...where, toolId });
  assert.deepEqual([pin.packageName, pin.version, pin.toolName], ["greeter", "1.0.0", "greet"]);
  // What a call computes from the artifact is the same.
  assert.equal(
    pin.stateHash,
    toolState({ manifest: entry.manifest, lock: LOCK }, "greet")?.stateHash,
  );
  await recordPackage(
    sql,
    packageEntry({ name: "greeter", version: "1.1.0", tools: [{ name: "greet" }] }),
  );
  await failsWith(pinFromCatalog(sql, { ...where, toolId }), { code: "conflict" });
  await failsWith(pinFromCatalog(sql, { ...where, toolId: "tool_none" }), {
    code: "tool_not_found",
  });
});
