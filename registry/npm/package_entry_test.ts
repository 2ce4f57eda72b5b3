import assert from "node:assert/strict";
import { dirname } from "node:path";
import type { JsonObject } from "../../spec/json.ts";
import { failsWith } from "../../tests/support/fails_with.ts";
import { packageEntry } from "./package_entry.ts";

async function entryOf(
  files: readonly string[],
  { packageJson = {}, subpath = "." }: { packageJson?: JsonObject; subpath?: string } = {},
): Promise<string> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    const directory = `${root}/pkg`;
    await Deno.mkdir(directory);
    await Deno.writeTextFile(`${root}/outside.js`, "");
    for (const file of files) {
      await Deno.mkdir(dirname(`${directory}/${file}`), { recursive: true });
      await Deno.writeTextFile(`${directory}/${file}`, "");
    }
    const entry = await packageEntry(directory, { packageJson, subpath });
    return entry.slice(directory.length + 1);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("packageEntry() follows the exports map for import under Node", async () => {
  const packageJson = {
    exports: {
      ".": {
        browser: "./b.js",
        require: "./r.js",
        node: { import: "./n.mjs", default: "./n.cjs" },
        default: "./d.js",
      },
      "./features/*": "./f/*.js",
      "./hidden": null,
    },
    main: "./m.js",
  };
  const files = ["b.js", "r.js", "n.mjs", "n.cjs", "d.js", "f/a.js", "m.js"];
  assert.equal(await entryOf(files, { packageJson }), "n.mjs");
  assert.equal(await entryOf(files, { packageJson, subpath: "./features/a" }), "f/a.js");
  for (const subpath of ["./hidden", "./m.js", "./features/none"]) {
    await failsWith(entryOf(files, { packageJson, subpath }), {
      code: "artifact_failed",
      step: "entry",
    });
  }
  assert.equal(await entryOf(["x.js"], { packageJson: { exports: "./x.js" } }), "x.js");
});

Deno.test("packageEntry() without a map takes module, main, then index.js", async () => {
  const packageJson = { module: "es/m.js", main: "lib" };
  assert.equal(await entryOf(["es/m.js", "lib/index.js"], { packageJson }), "es/m.js");
  assert.equal(await entryOf(["lib/index.js", "index.js"], { packageJson }), "lib/index.js");
  assert.equal(await entryOf(["lib.js", "lib/index.js"], { packageJson }), "lib.js");
  assert.equal(await entryOf(["index.js"], { packageJson }), "index.js");
  assert.equal(await entryOf(["get.js"], { subpath: "./get" }), "get.js");
  assert.equal(await entryOf(["fp/index.js"], { subpath: "./fp" }), "fp/index.js");
  await failsWith(entryOf(["other.js"]), { code: "artifact_failed", step: "entry" });
});

Deno.test("packageEntry() never leaves the package", async () => {
  const manifests: readonly JsonObject[] = [
    { main: "../outside.js" },
    { module: "/etc/hosts" },
    { exports: "../outside.js" },
    { exports: { ".": "./../outside.js" } },
    { exports: { ".": ["x", 1, { import: {} }] } },
    { exports: 7 },
  ];
  for (const packageJson of manifests) {
    await failsWith(entryOf(["a.js"], { packageJson }), { code: "artifact_failed", step: "entry" });
  }
});
