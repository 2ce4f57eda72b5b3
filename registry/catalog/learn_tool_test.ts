import assert from "node:assert/strict";
import { packageEntry } from "../../tests/support/catalog_entries.ts";
import { failsWith } from "../../tests/support/fails_with.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { learnTool } from "./learn_tool.ts";
import { recordPackage } from "./record_package.ts";
import { toolsOfPackage } from "./tools_of_package.ts";

const LOCK = { packages: { "p@1.0.0": "sha512-A" }, modules: {} };

testDatabase("learnTool() looks into what nobody knows yet, and only that", async ({ sql }) => {
  const known = packageEntry({ name: "p", tools: [{ name: "run" }] });
  await recordPackage(sql, { ...known, keywords: ["kept"] });
  const [tool] = await toolsOfPackage(sql, { source: "npm", packageName: "p" });
  const toolId = tool!.id;
  const asked: unknown[] = [];
  const learn = (visible = sql`true`, found = known) =>
    learnTool(sql, {
      ...{ toolId, visible },
      describe: (wanted) => {
        asked.push(wanted);
        const { manifest, digest } = found;
        return Promise.resolve({ manifest, digest, lock: LOCK, sizeBytes: 1 });
      },
    });
  await learn(sql`false`);
  assert.deepEqual(asked, [], "what is not seen is not prepared");
  await learn();
  assert.deepEqual(asked, [{ packageName: "p", version: "1.0.0", source: "npm" }]);
  await learn();
  assert.equal(asked.length, 1, "it is known now");
  const [row] = await sql`
    select lock, keywords from package_version join package on package.id = package_id`;
  assert.deepEqual([row?.lock, row?.keywords], [LOCK, ["kept"]]);

  await sql`update package_version set lock = null`;
  const other = packageEntry({ name: "p", tools: [{ name: "other" }] });
  await failsWith(learn(sql`true`, other), { code: "tool_not_found" });
  await learn();
  assert.equal(asked.length, 2, "it is gone, and nobody looks again");
});
