import assert from "node:assert/strict";
import { join } from "node:path";
import { temporaryDirectory } from "../../tests/support/sample_artifact.ts";
import { removeTree, sealTree } from "./sealed_tree.ts";
import { openStagingArea } from "./staging_area.ts";

Deno.test("openStagingArea() leaves nothing when many open and close at once", async () => {
  await using temporary = await temporaryDirectory();
  await Promise.all(Array.from({ length: 30 }, async () => {
    await using area = await openStagingArea(temporary.path);
    await using made = await area.makeDirectory();
    await Deno.writeTextFile(join(made.path, "x"), "x");
    assert.equal(await Deno.readTextFile(join(made.path, "x")), "x");
  }));
  for await (const { name } of Deno.readDir(temporary.path)) assert.fail(name);
});

Deno.test("removeTree() removes a sealed tree, and nothing behind its links", async () => {
  await using temporary = await temporaryDirectory();
  const tree = join(temporary.path, "tree");
  await Deno.mkdir(join(tree, "a", "b"), { recursive: true });
  await Deno.mkdir(join(temporary.path, "kept"));
  await Deno.writeTextFile(join(temporary.path, "kept", "file"), "x");
  await Deno.writeTextFile(join(tree, "a", "b", "file"), "x");
  await Deno.symlink(join(temporary.path, "kept"), join(tree, "a", "link"));
  await sealTree(tree);
  assert.equal(((await Deno.lstat(join(tree, "a", "b"))).mode ?? 0) & 0o777, 0o555);
  await removeTree(tree);
  await removeTree(tree);
  await assert.rejects(Deno.lstat(tree), Deno.errors.NotFound);
  assert.equal(await Deno.readTextFile(join(temporary.path, "kept", "file")), "x");
});
