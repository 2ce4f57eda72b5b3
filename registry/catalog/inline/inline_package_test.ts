import assert from "node:assert/strict";
import { failsWith } from "../../../tests/support/fails_with.ts";
import { testDatabase } from "../../../tests/support/test_database.ts";
import type { InlineCode } from "../../inline/inline_code.ts";
import { readInlineCode, readInlinePackage } from "./inline_package.ts";
import { dropCode, keepCode } from "./keep_code.ts";

const CODE: InlineCode = {
  files: { "main.ts": "export const a = 1;" },
  entry: "main.ts",
  dependencies: {},
  packageJson: { description: "one" },
};

testDatabase("keepCode() gives numbers once, and code back to nobody else", async ({ sql }) => {
  const first = await keepCode(sql, { code: CODE, ownerId: "ada" });
  assert.deepEqual(await readInlineCode(sql, first), CODE);
  assert.deepEqual(await readInlinePackage(sql, first.packageName), {
    ...{ ownerId: "ada", visibility: "private", latestVersion: null },
  });
  const { packageName } = first;
  await failsWith(keepCode(sql, { code: CODE, ownerId: "eve", packageName }), {
    code: "tool_not_found",
  });
  await dropCode(sql, first);
  assert.equal(await readInlineCode(sql, first), undefined);
  // All at once, and no number twice.
  const kept = await Promise.all(
    Array.from({ length: 5 }, () => keepCode(sql, { code: CODE, ownerId: "ada", packageName })),
  );
  const versions = kept.map(({ version }) => version).sort();
  assert.deepEqual(versions, ["2.0.0", "3.0.0", "4.0.0", "5.0.0", "6.0.0"]);
  assert.equal(await readInlinePackage(sql, "inline-none"), null);
});
