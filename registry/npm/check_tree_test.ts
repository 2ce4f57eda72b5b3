import assert from "node:assert/strict";
import { failsWith } from "../../tests/support/fails_with.ts";
import { checkTree } from "./check_tree.ts";

async function check(make: (root: string) => Promise<unknown>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/tree/a/b`, { recursive: true });
    await Deno.writeTextFile(`${root}/tree/a/b/file`, "");
    await Deno.writeTextFile(`${root}/outside`, "");
    await make(root);
    await checkTree(`${root}/tree`, new AbortController().signal);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("checkTree() accepts links that stay inside, broken ones too", async () => {
  await check((root) => Deno.symlink("a/b", `${root}/tree/link`));
  await check((root) => Deno.symlink("../a/b/none", `${root}/tree/a/link`));
});

Deno.test("checkTree() refuses links that lead out, and special files", async () => {
  const bad: readonly ((root: string) => Promise<unknown>)[] = [
    (root) => Deno.symlink("../outside", `${root}/tree/link`),
    (root) => Deno.symlink("/etc", `${root}/tree/a/link`),
    (root) => Deno.symlink("../not-there-yet", `${root}/tree/link`),
    async (root) => {
      await Deno.symlink("..", `${root}/tree/up`);
      await Deno.symlink("up/outside", `${root}/tree/through`);
    },
    async (root) =>
      assert.ok((await new Deno.Command("mkfifo", { args: [`${root}/tree/p`] }).output()).success),
  ];
  for (const make of bad) {
    await failsWith(check(make), { code: "artifact_failed", step: "archive" });
  }
});

Deno.test("checkTree() stops when aborted", async () => {
  const signal = AbortSignal.abort(new Error("stop"));
  await assert.rejects(checkTree(".", signal), /stop/);
});
