import assert from "node:assert/strict";
import { packageEntry } from "../../tests/support/catalog_entries.ts";
import { failsWith } from "../../tests/support/fails_with.ts";
import { testDatabase } from "../../tests/support/test_database.ts";
import { removePackage, setVisibility } from "./change_package.ts";
import { readCallable } from "./read_callable.ts";
import { lockOwner } from "./lock_owner.ts";
import { recordPackage } from "./record_package.ts";
import { toolsOfPackage } from "./tools_of_package.ts";

testDatabase(
  "setVisibility() and removePackage() change packages with all tools",
  async ({ sql }) => {
    const name = "inline-a";
    const own = { ownerId: "ada", visibility: "private" } as const;
    const tools = [{ name: "zyxone" }, { name: "zyxtwo" }];
    const { packageId } = await recordPackage(
      sql,
      packageEntry({ name, source: "inline", tools, more: own }),
    );
    const shown = () => toolsOfPackage(sql, { source: "inline", packageName: name });
    const words = () => sql`select word from search_word where word like 'zyx%'`;
    assert.deepEqual((await shown()).map(({ visibility }) => visibility), ["private", "private"]);
    assert.equal((await words()).length, 0);
    const { slug } = (await shown())[0]!;
    assert.deepEqual(await readCallable(sql, slug), {
      ...{ packageName: name, version: "1.0.0", name: "zyxone", source: "inline", ...own },
    });
    await setVisibility(sql, { packageId, visibility: "public" });
    assert.deepEqual((await shown()).map(({ visibility }) => visibility), ["public", "public"]);
    assert.equal((await words()).length, 2);
    assert.equal(await lockOwner(sql, packageId), "ada");
    await removePackage(sql, packageId);
    assert.deepEqual(await shown(), []);
    assert.equal(await readCallable(sql, slug), null);
    assert.equal(await lockOwner(sql, packageId), null);

    const common = await recordPackage(sql, packageEntry({ name: "greeter", tools }));
    const hidden = setVisibility(sql, { packageId: common.packageId, visibility: "private" });
    await failsWith(hidden, { code: "invalid_input" });
  },
);
