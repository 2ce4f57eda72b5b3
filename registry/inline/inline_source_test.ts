import assert from "node:assert/strict";
import { failsWith } from "../../tests/support/fails_with.ts";
import type { InlineCode } from "./inline_code.ts";
import { createInlineSource } from "./inline_source.ts";

const CODE: InlineCode = {
  files: { "main.ts": "export const a = 1;", "lib/b.ts": "export const b = 2;" },
  entry: "main.ts",
  dependencies: {},
  packageJson: { description: "one" },
};

function sourceOf(code: InlineCode) {
  return createInlineSource({
    readCode: (_name, version) => Promise.resolve(version === "1.0.0" ? code : undefined),
    readLatest: () => Promise.resolve("1.0.0"),
    install: () => Promise.reject(new Error("not needed")),
  });
}

const step = () => ({ signal: new AbortController().signal });

Deno.test("createInlineSource() resolves the latest version, and none that is not there", async () => {
  const source = sourceOf(CODE);
  const resolved = await source.resolve("inline-a", undefined, step());
  assert.equal(resolved.version, "1.0.0");
  assert.match(resolved.integrity ?? "", /^sha256-/);
  await failsWith(source.resolve("inline-a", "2.0.0", step()), { code: "tool_not_found" });
});

Deno.test("createInlineSource() writes files, and holds them to a lock", async () => {
  const directory = await Deno.makeTempDir({ prefix: "airlock-inline-" });
  try {
    const resolved = { source: "inline", packageName: "inline-a", version: "1.0.0" } as const;
    const fetched = await sourceOf(CODE).fetch(resolved, { ...step(), directory });
    assert.equal(await Deno.readTextFile(fetched.entry), CODE.files["main.ts"]);
    assert.deepEqual(Object.keys(fetched.lock.modules), ["main.ts", "lib/b.ts"]);
    const changed = { ...CODE, files: { ...CODE.files, "lib/b.ts": "export const b = 3;" } };
    const again = sourceOf(changed).fetch(resolved, { ...step(), directory, lock: fetched.lock });
    await failsWith(again, { code: "artifact_failed" });
    // What stands in the database is no more trusted than what a caller sends.
    const hostile = { ...CODE, files: { "../out.ts": "", "main.ts": "" } };
    const out = sourceOf(hostile).fetch(resolved, { ...step(), directory });
    await failsWith(out, { code: "invalid_input" });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
