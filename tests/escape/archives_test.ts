import assert from "node:assert/strict";
import { join } from "node:path";
import { sampleManifest, temporaryDirectory } from "../support/sample_artifact.ts";
import type { FakePackage } from "../support/fake_npm_registry.ts";
import { buildTar, gzip, packFiles, paxHeader, type TarEntry } from "../support/tar.ts";
import { TestWorld } from "../support/test_world.ts";
import { ArtifactStore } from "../../runtime/artifact/artifact_store.ts";
import { failsWith } from "../support/fails_with.ts";

const SOURCE = "export const run = () => 'ran';\n";

function archive(packageJson: object, ...entries: TarEntry[]): Promise<Uint8Array<ArrayBuffer>> {
  const body = JSON.stringify({ name: "evil", version: "1.0.0", type: "module", ...packageJson });
  return gzip(buildTar([
    { path: "package/package.json", body },
    { path: "package/index.js", body: SOURCE },
    ...entries,
  ]));
}

/** Publishes one hostile version, as a tool or as what a tool needs, and calls the tool. */
async function attempt(
  evil: (world: TestWorld) => Promise<Partial<FakePackage>>,
  { asDependency }: { readonly asDependency: boolean },
) {
  await using world = await TestWorld.open();
  const before = await tracesOutside(world);
  await world.registry.publish({ name: "evil", version: "1.0.0", ...await evil(world) });
  await world.publish("tool", `import "evil";\n${SOURCE}`, {
    packageJson: { dependencies: { evil: "1.0.0" } },
  });
  const packageName = asDependency ? "tool" : "evil";
  const result = await world.call({ packageName, name: "run" });
  return {
    result,
    traces: (await tracesOutside(world)).filter((path) => !before.includes(path)),
    staged: await namesBelow(join(world.directory, "data", "store", "staging")),
    unexpected: world.unexpected,
  };
}

/** What lies where an archive could have put something. */
async function tracesOutside(world: TestWorld): Promise<string[]> {
  const places = [world.directory, "/", "/tmp", "/etc", join(world.directory, "..")];
  const found: string[] = [];
  for (const place of new Set(places)) {
    for await (const { name } of Deno.readDir(place)) {
      if (/evil|pwned/.test(name)) found.push(join(place, name));
    }
  }
  return found;
}

/** Names of directories of builds that have not ended, in every live area. */
async function namesBelow(directory: string): Promise<string[]> {
  const names: string[] = [];
  for await (const area of Deno.readDir(directory)) {
    if (!area.isDirectory) continue;
    for await (const { name } of Deno.readDir(join(directory, area.name))) names.push(name);
  }
  return names;
}

const HOSTILE: Readonly<Record<string, (world: TestWorld) => Promise<Partial<FakePackage>>>> = {
  "a path that climbs out": async () => ({
    tarball: await archive({}, { path: "package/../../../../evil-pwned", body: "x" }),
  }),
  "a path that climbs out by a long name": async () => ({
    tarball: await archive(
      {},
      paxHeader({ path: "package/../../../../evil-pwned" }),
      { path: "package/a", body: "x" },
    ),
  }),
  "an absolute path": async () => ({
    tarball: await archive({}, { path: "/tmp/evil-pwned", body: "x" }),
  }),
  "a link to a directory, and a file through it": async () => ({
    tarball: await archive(
      {},
      { path: "package/l", type: "2", linkTarget: "/tmp" },
      { path: "package/l/evil-pwned", body: "x" },
    ),
  }),
  "a hard link to a file of the machine": async () => ({
    tarball: await archive({}, { path: "package/p.txt", type: "1", linkTarget: "/etc/passwd" }),
  }),
  "a device": async () => ({ tarball: await archive({}, { path: "package/null", type: "3" }) }),
  "a pipe": async () => ({ tarball: await archive({}, { path: "package/pipe", type: "6" }) }),
  "a bomb": async () => {
    const body = new Uint8Array(64 * 1024 * 1024);
    const entries = Array.from({ length: 9 }, (_, index) => ({ path: `package/${index}`, body }));
    return { tarball: await archive({}, ...entries) };
  },
  "more entries than there may be": async () => ({
    tarball: await archive(
      {},
      ...Array.from({ length: 60_000 }, (_, index) => ({ path: `package/${index}` })),
    ),
  }),
  "a tarball that is not the one promised": async () => ({
    tarball: await archive({}),
    dist: ({ tarball }) => ({ tarball, integrity: `sha512-${btoa("x".repeat(64))}` }),
  }),
  "no integrity at all": async () => ({
    tarball: await archive({}),
    dist: ({ tarball }) => ({ tarball }),
  }),
  "a truncated tarball": async () => ({ tarball: (await archive({})).slice(0, 60) }),
};

for (const [what, evil] of Object.entries(HOSTILE)) {
  for (const asDependency of [false, true]) {
    Deno.test(`${what} is refused${asDependency ? " in a dependency" : ""}`, async () => {
      const { result, traces, staged, unexpected } = await attempt(evil, { asDependency });
      assert.ok(!result.success, JSON.stringify(result));
      assert.equal(result.code, "artifact_failed", result.error);
      assert.equal(result.stage, "fetch", result.error);
      assert.deepEqual([traces, staged, unexpected], [[], [], []]);
    });
  }
}

Deno.test("the same archive without its hostile entry is a tool", async () => {
  const { result } = await attempt(async () => ({ tarball: await archive({}) }), {
    asDependency: true,
  });
  assert.ok(result.success, JSON.stringify(result));
});

Deno.test("install scripts never run", async () => {
  for (const asDependency of [false, true]) {
    const { result, traces } = await attempt(async () => {
      const command = "touch /tmp/evil-pwned";
      const names = ["preinstall", "install", "postinstall", "prepare", "prepublish"];
      const scripts = Object.fromEntries(names.map((name) => [name, command]));
      const packageJson = { type: "module", main: "./index.js", scripts };
      const manifest = JSON.stringify({ name: "evil", version: "1.0.0", ...packageJson });
      return {
        packageJson,
        tarball: await packFiles({
          "package.json": manifest,
          "index.js": SOURCE,
          "binding.gyp": `{ "targets": [{ "target_name": "<!(${command})" }] }`,
        }),
      };
    }, { asDependency });
    assert.ok(result.success, JSON.stringify(result));
    assert.deepEqual(traces, []);
  }
});

Deno.test("a package's own configuration does not steer its installation", async () => {
  await using elsewhere = await TestWorld.open();
  const { result, traces } = await attempt(async () => {
    const registry = elsewhere.registry.url;
    return {
      tarball: await packFiles({
        "package.json": JSON.stringify({ name: "evil", version: "1.0.0", type: "module" }),
        "index.js": SOURCE,
        ".npmrc": `registry=${registry}\nscript-shell=/tmp/evil-pwned\n`,
        "deno.json": JSON.stringify({
          imports: { evil: `${registry}x.js` },
          nodeModulesDir: "none",
        }),
        "bunfig.toml": "x",
      }),
    };
  }, { asDependency: true });
  assert.ok(result.success, JSON.stringify(result));
  assert.deepEqual([traces, elsewhere.registry.requests], [[], []]);
});

Deno.test("the store takes no link that leads outside, straight or by another link", async () => {
  await using directory = await temporaryDirectory();
  await using store = await ArtifactStore.open({
    directory: join(directory.path, "store"),
    maxBytes: 1_000_000,
  });
  const put = async (links: Readonly<Record<string, string>>) => {
    await using staged = await store.stage();
    const code = join(staged.path, "out");
    await Deno.mkdir(join(code, "a/b/c"), { recursive: true });
    await Deno.writeTextFile(join(code, "bundle.mjs"), SOURCE);
    await Deno.writeTextFile(join(staged.path, "beside"), "outside");
    for (const [path, target] of Object.entries(links)) {
      await Deno.symlink(target, join(code, path));
    }
    const lease = await store.put(code, {
      manifest: sampleManifest(),
      lock: { packages: { "sample@1.0.0": "sha512-AAAA" }, modules: {} },
    });
    lease[Symbol.dispose]();
  };
  const outside: readonly Readonly<Record<string, string>>[] = [
    { out: "/etc/passwd" },
    { out: "../beside" },
    { "a/b/c/out": "../../../../beside" },
    // Each harmless to read; together they climb.
    { "a/b/c/up": "../../..", "a/b/c/out": "up/../beside" },
    { "a/up": "..", "a/b/out": "../up/../beside" },
    { nowhere: "absent" },
    { round: "round" },
  ];
  for (const links of outside) {
    const error = await failsWith(put(links), { code: "artifact_failed" });
    assert.equal(error.stage, "store");
  }
  await put({ "a/b/c/up": "../../..", "a/in": "b/c/up/bundle.mjs" });
});
