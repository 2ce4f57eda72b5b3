import assert from "node:assert/strict";
import { join } from "node:path";
import type { FetchedPackage } from "../../../spec/artifact.ts";
import { AirlockError } from "../../../spec/errors.ts";
import type { JsonObject } from "../../../spec/json.ts";
import { buildPlugin, isPlugin } from "./build_plugin.ts";

const MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const STEP = { signal: new AbortController().signal };

/** A fetched package in a directory of its own, with a secret beside it. */
class Fixture implements AsyncDisposable {
  private constructor(readonly base: string, readonly root: string) {}

  static async open(files: Readonly<Record<string, Uint8Array>>): Promise<Fixture> {
    const base = await Deno.makeTempDir({ prefix: "airlock-plugin-" });
    const root = join(base, "package");
    await Deno.mkdir(root);
    await Deno.writeFile(join(base, "secret.wasm"), MODULE);
    for (const [name, bytes] of Object.entries(files)) {
      await Deno.writeFile(join(root, name), bytes);
    }
    return new Fixture(base, root);
  }

  fetched(entry: string, packageJson: JsonObject = {}): FetchedPackage {
    return {
      resolved: { source: "npm", packageName: "p", version: "1.0.0" },
      directory: this.root,
      entry: join(this.root, entry),
      packageJson,
      lock: { packages: {}, modules: {} },
      ...{ networkMs: 0, downloadedBytes: 0 },
    };
  }

  build(entry: string, packageJson?: JsonObject) {
    const outDirectory = join(this.base, crypto.randomUUID());
    return buildPlugin(this.fetched(entry, packageJson), { ...STEP, outDirectory })
      .then((built) => ({ built, outDirectory }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.base, { recursive: true });
  }
}

const refuses = (state: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AirlockError, String(error));
  assert.deepEqual([error.code, error.stage], ["artifact_failed", "build"]);
  assert.match(error.message, state);
  return true;
};

const manifest = (...wasm: JsonObject[]): JsonObject => ({ airlock: { plugin: { wasm } } });

Deno.test("isPlugin() goes by the entry, by the field, and by the source", async () => {
  await using fixture = await Fixture.open({});
  assert.equal(isPlugin(fixture.fetched("index.js")), false);
  assert.equal(isPlugin(fixture.fetched("p.wasm")), true);
  assert.equal(isPlugin(fixture.fetched("package.json", manifest())), true);
  const brought = fixture.fetched("manifest.json");
  const resolved = { ...brought.resolved, source: "wasm" } as const;
  assert.equal(isPlugin({ ...brought, resolved }), true);
});

Deno.test("buildPlugin() puts modules and plan beside one another", async () => {
  await using fixture = await Fixture.open({ "a.wasm": MODULE, "b.wasm": MODULE });
  const alone = await fixture.build("a.wasm");
  assert.deepEqual([alone.built.form, alone.built.entry], ["wasm", "plugin.json"]);
  assert.deepEqual(await Deno.readFile(join(alone.outDirectory, "0.wasm")), MODULE);
  const two = await fixture.build(
    "package.json",
    manifest({ name: "lib", path: "a.wasm" }, { path: "./b.wasm" }),
  );
  const plan: JsonObject = JSON.parse(
    await Deno.readTextFile(join(two.outDirectory, "plugin.json")),
  );
  assert.deepEqual(plan, {
    formatVersion: 1,
    modules: [{ name: "lib", file: "0.wasm" }, { name: "main", file: "1.wasm" }],
    config: {},
    tools: {},
  });
});

Deno.test("buildPlugin() takes nothing from outside the package", async () => {
  await using fixture = await Fixture.open({ "a.wasm": MODULE });
  await Deno.symlink(join(fixture.base, "secret.wasm"), join(fixture.root, "link.wasm"));
  for (const path of ["../secret.wasm", "../absent.wasm", "link.wasm", "/../secret.wasm"]) {
    await assert.rejects(
      fixture.build("package.json", manifest({ path })),
      refuses(/lies outside the package/),
    );
  }
  await assert.rejects(fixture.build("link.wasm"), refuses(/lies outside the package/));
  await assert.rejects(fixture.build("package.json", manifest({ path: "." })), refuses(/./));
});

Deno.test("buildPlugin() refuses what is absent, large, changed or no module", async () => {
  const text = new TextEncoder();
  await using fixture = await Fixture.open({
    "a.wasm": MODULE,
    "text.wasm": text.encode("module.exports = 1"),
    "broken.json": text.encode("{"),
  });
  const huge = await Deno.create(join(fixture.root, "huge.wasm"));
  await huge.truncate(65 * 1024 * 1024);
  huge.close();
  await assert.rejects(fixture.build("none.wasm"), refuses(/does not exist/));
  await assert.rejects(fixture.build("text.wasm"), refuses(/no WebAssembly module/));
  await assert.rejects(fixture.build("huge.wasm"), refuses(/more than 67108864 bytes/));
  await assert.rejects(fixture.build("broken.json"), refuses(/no JSON/));
  const hash = "0".repeat(64);
  await assert.rejects(
    fixture.build("package.json", manifest({ path: "a.wasm", hash })),
    refuses(/its hash is not the one/),
  );
  await assert.rejects(fixture.build("package.json", manifest()), refuses(/the manifest is wrong/));
});
