import assert from "node:assert/strict";
import { FakeNpmRegistry } from "../../tests/support/fake_npm_registry.ts";
import { failsWith } from "../../tests/support/fails_with.ts";
import { NpmFixture } from "../../tests/support/npm_fixture.ts";

Deno.test("npmSource.fetch() installs a tree and records its lock", async () => {
  await using registry = FakeNpmRegistry.start();
  const leaf = await registry.publish({
    name: "leaf",
    version: "1.4.0",
    files: { "index.js": "module.exports = 'leaf'" },
  });
  await registry.publish({ name: "leaf", version: "2.0.0" });
  const tool = await registry.publish({
    name: "@acme/tool",
    version: "0.1.0",
    packageJson: { dependencies: { leaf: "^1.0.0" }, main: "lib/main" },
    files: { "lib/main.js": "exports.x = require('leaf')" },
  });
  await using npm = await NpmFixture.create({ registry: registry.url });
  const fetched = await npm.get("@acme/tool");
  assert.equal(fetched.resolved.version, "0.1.0");
  assert.equal(fetched.resolved.integrity, tool);
  assert.deepEqual(fetched.lock, {
    packages: { "@acme/tool@0.1.0": tool, "leaf@1.4.0": leaf },
    modules: {},
  });
  assert.ok(fetched.entry.startsWith(`${fetched.directory}/project/node_modules/`));
  assert.ok(fetched.entry.endsWith("/@acme/tool/lib/main.js"), fetched.entry);
  assert.equal(await Deno.readTextFile(fetched.entry), "exports.x = require('leaf')");
  assert.equal(fetched.packageJson["main"], "lib/main");
  assert.ok(fetched.downloadedBytes > 0 && fetched.networkMs > 0);
  assert.deepEqual(await npm.leftovers(), []);
});

Deno.test("npmSource.fetch() takes tarballs from its cache the second time", async () => {
  await using registry = FakeNpmRegistry.start();
  await registry.publish({ name: "tool", version: "1.0.0", files: { "index.js": "1" } });
  await using npm = await NpmFixture.create({ registry: registry.url });
  await npm.get("tool");
  const before = registry.requests.length;
  const again = await npm.get("tool");
  assert.equal(registry.requests.length, before);
  assert.equal(again.downloadedBytes, 0);
});

Deno.test("npmSource.fetch() resolves a subpath", async () => {
  await using registry = FakeNpmRegistry.start();
  await registry.publish({
    name: "tool",
    version: "1.0.0",
    packageJson: { exports: { ".": "./a.js", "./sub": { require: "./r.cjs", import: "./s.js" } } },
    files: { "a.js": "", "r.cjs": "", "s.js": "" },
  });
  await using npm = await NpmFixture.create({ registry: registry.url });
  const fetched = await npm.get("tool/sub");
  assert.ok(fetched.entry.endsWith("/tool/s.js"));
  await failsWith(npm.get("tool/hidden"), { code: "artifact_failed", step: "entry" });
});

Deno.test("npmSource.fetch() leaves out an optional package that does not exist", async () => {
  await using registry = FakeNpmRegistry.start();
  await registry.publish({ name: "native-here", version: "1.0.0", packageJson: { os: ["aix"] } });
  await registry.publish({
    name: "tool",
    version: "1.0.0",
    packageJson: {
      optionalDependencies: { "native-gone": "1.2.3", "native-here": "3.0.0" },
    },
    files: { "index.js": "" },
  });
  await using npm = await NpmFixture.create({ registry: registry.url });
  const fetched = await npm.get("tool");
  assert.deepEqual(Object.keys(fetched.lock.packages), ["tool@1.0.0"]);
  const again = await npm.get("tool", { lock: fetched.lock });
  assert.deepEqual(again.lock, fetched.lock);
});

Deno.test("npmSource.fetch() says which dependency does not exist", async () => {
  await using registry = FakeNpmRegistry.start();
  await registry.publish({
    name: "tool",
    version: "1.0.0",
    packageJson: { dependencies: { "left-out": "^1.0.0" } },
  });
  await using npm = await NpmFixture.create({ registry: registry.url });
  const error = await failsWith(npm.get("tool"), { code: "artifact_failed", step: "packument" });
  assert.match(error.message, /left-out is not in its registry/);
  assert.deepEqual(await npm.leftovers(), []);
});

Deno.test("npmSource.fetch() says that no version of a dependency fits", async () => {
  await using registry = FakeNpmRegistry.start();
  await registry.publish({ name: "leaf", version: "1.0.0" });
  await registry.publish({
    name: "tool",
    version: "1.0.0",
    packageJson: { dependencies: { leaf: "^9.0.0" } },
  });
  await using npm = await NpmFixture.create({ registry: registry.url });
  const error = await failsWith(npm.get("tool"), { code: "artifact_failed", step: "install" });
  assert.match(error.message, /leaf.*9\.0\.0/);
  assert.doesNotMatch(JSON.stringify(error.details), /127\.0\.0\.1|airlock-npm-/);
});

Deno.test("npmSource.fetch() with a minimum age takes older dependencies", async () => {
  await using registry = FakeNpmRegistry.start();
  const hourAgo = new Date(Date.now() - 3_600_000);
  await registry.publish({ name: "leaf", version: "1.0.0" });
  await registry.publish({ name: "leaf", version: "1.1.0", publishedAt: hourAgo });
  await registry.publish({
    name: "tool",
    version: "1.0.0",
    packageJson: { dependencies: { leaf: "^1.0.0" } },
    files: { "index.js": "" },
  });
  await registry.publish({ name: "tool", version: "1.0.1", publishedAt: hourAgo });
  await using npm = await NpmFixture.create({ registry: registry.url, minAgeMs: 24 * 3_600_000 });
  const fetched = await npm.get("tool");
  assert.deepEqual(Object.keys(fetched.lock.packages), ["leaf@1.0.0", "tool@1.0.0"]);
  await failsWith(npm.get("tool", { version: "1.0.1" }), {
    code: "artifact_failed",
    step: "version",
  });
});

Deno.test("npmSource.fetch() uses what was published a moment ago when no age is asked for", async () => {
  await using registry = FakeNpmRegistry.start();
  await registry.publish({
    name: "tool",
    version: "1.0.0",
    publishedAt: new Date(),
    files: { "index.js": "" },
  });
  await using npm = await NpmFixture.create({ registry: registry.url });
  assert.equal((await npm.get("tool")).resolved.version, "1.0.0");
});

Deno.test("npmSource.resolve() finds what was published since the registry was asked", async () => {
  await using registry = FakeNpmRegistry.start();
  await registry.publish({ name: "tool", version: "1.0.0" });
  await using npm = await NpmFixture.create({ registry: registry.url });
  const resolve = async (version?: string) =>
    (await npm.source.resolve("tool", version, new AbortController())).version;
  assert.equal(await resolve(), "1.0.0");
  await registry.publish({ name: "tool", version: "1.1.0" });
  assert.equal(await resolve(), "1.0.0", "an answer holds for a while");
  assert.equal(await resolve("1.1.0"), "1.1.0");
  assert.equal(await resolve(), "1.1.0");
  await failsWith(resolve("1.2.0"), { code: "artifact_failed", step: "version" });
});

Deno.test("npmSource.resolve() refuses what is not a package name before asking anyone", async () => {
  await using registry = FakeNpmRegistry.start();
  await using npm = await NpmFixture.create({ registry: registry.url });
  for (const name of ["../x", "/etc/passwd", "npm:ms", "file:x", "http://a/b", "a b", "", "."]) {
    await failsWith(npm.get(name), { code: "invalid_input" });
  }
  await failsWith(npm.get("ms", { version: "file:../x" }), { code: "invalid_input" });
  assert.equal(registry.requests.length, 0);
});

Deno.test("npmSource.fetch() installs aliases and peers", async () => {
  await using registry = FakeNpmRegistry.start();
  await registry.publish({ name: "leaf", version: "1.0.0" });
  await registry.publish({ name: "leaf", version: "2.0.0" });
  await registry.publish({
    name: "plugin",
    version: "1.0.0",
    packageJson: { peerDependencies: { leaf: "^1.0.0" } },
  });
  await registry.publish({
    name: "tool",
    version: "1.0.0",
    packageJson: { dependencies: { plugin: "1", leaf: "^1.0.0", old: "npm:leaf@2.0.0" } },
    files: { "index.js": "" },
  });
  await using npm = await NpmFixture.create({ registry: registry.url });
  const { lock } = await npm.get("tool");
  const expected = ["leaf@1.0.0", "leaf@2.0.0", "plugin@1.0.0", "tool@1.0.0"];
  assert.deepEqual(Object.keys(lock.packages), expected);
  assert.deepEqual((await npm.get("tool", { lock })).lock, lock);
});

Deno.test("npmSource.fetch() runs side by side, and with build metadata in a version", async () => {
  await using registry = FakeNpmRegistry.start();
  const version = "1.0.0+build.5";
  await registry.publish({ name: "tool", version, files: { "index.js": "" } });
  await using npm = await NpmFixture.create({ registry: registry.url });
  const fetched = await Promise.all([npm.get("tool"), npm.get("tool"), npm.get("tool")]);
  for (const { lock } of fetched) assert.deepEqual(Object.keys(lock.packages), [`tool@${version}`]);
  assert.equal(new Set(fetched.map(({ entry }) => entry)).size, 3);
  assert.deepEqual(await npm.leftovers(), []);
});
