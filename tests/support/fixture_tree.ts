import { dirname, join } from "node:path";

/** A directory with the given files, which is gone when the test ends. */
export async function fixtureTree(
  files: Readonly<Record<string, string>>,
): Promise<AsyncDisposable & { readonly root: string }> {
  // Real, so that what other programs say about its files compares equal.
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "airlock_fixture_" }));
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(dirname(join(root, path)), { recursive: true });
    await Deno.writeTextFile(join(root, path), text);
  }
  return { root, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
}
