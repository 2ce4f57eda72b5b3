import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { FakeNpmRegistry, type FakePackage } from "../../tests/support/fake_npm_registry.ts";
import { failsWith } from "../../tests/support/fails_with.ts";
import { NpmFixture, type NpmFixtureOptions } from "../../tests/support/npm_fixture.ts";
import { buildTar, gzip, packFiles, type TarEntry } from "../../tests/support/tar.ts";

/** Publishes the bad package under a tool that needs it, fetches the tool, and expects a refusal. */
async function refuses(
  bad: Omit<FakePackage, "name" | "version">,
  { step, options = {} }: { step: string; options?: NpmFixtureOptions },
) {
  await using registry = FakeNpmRegistry.start();
  await registry.publish({ name: "bad", version: "1.0.0", ...bad });
  await registry.publish({
    name: "tool",
    version: "1.0.0",
    packageJson: { dependencies: { bad: "1.0.0" } },
    files: { "index.js": "" },
  });
  await using npm = await NpmFixture.create({ registry: registry.url, ...options });
  const error = await failsWith(npm.get("tool"), { code: "artifact_failed", step });
  assert.equal(error.stage, "fetch");
  assert.deepEqual(await npm.leftovers(), []);
  return error;
}

function hostile(...entries: TarEntry[]): Promise<Uint8Array<ArrayBuffer>> {
  const packageJson = JSON.stringify({ name: "bad", version: "1.0.0" });
  return gzip(buildTar([{ path: "package/package.json", body: packageJson }, ...entries]));
}

Deno.test("npmSource.fetch() refuses archives that reach out of their package", async () => {
  const archives = [
    await hostile({ path: "package/../../../evil", body: "x" }),
    await hostile({ path: "/tmp/evil", body: "x" }),
    await hostile({ path: "package/l", type: "2", linkTarget: "/tmp" }, {
      path: "package/l/evil",
      body: "x",
    }),
    await hostile({ path: "package/p", type: "1", linkTarget: "/etc/passwd" }),
    await hostile({ path: "package/null", type: "3" }),
  ];
  for (const tarball of archives) await refuses({ tarball }, { step: "archive" });
});

Deno.test("npmSource.fetch() unpacks nothing through a link inside a package", async () => {
  await using registry = FakeNpmRegistry.start();
  const packageJson = JSON.stringify({ name: "odd", version: "1.0.0" });
  const tarball = await gzip(buildTar([
    { path: "package/package.json", body: packageJson },
    { path: "package/index.js", body: "real" },
    { path: "package/link.js", type: "2", linkTarget: "index.js" },
    { path: "package/link.js", body: "written" },
  ]));
  await registry.publish({ name: "odd", version: "1.0.0", tarball });
  await using npm = await NpmFixture.create({ registry: registry.url });
  const { entry } = await npm.get("odd");
  assert.equal(await Deno.readTextFile(entry), "real");
});

Deno.test("npmSource.fetch() refuses more than its limits allow", async () => {
  const bomb = await gzip(buildTar([{ path: "package/x", body: new Uint8Array(8_000_000) }]));
  const limits = { packageBytes: 4_000_000, packageFiles: 500 };
  await refuses({ tarball: bomb }, { step: "archive", options: { limits } });
  const many = await gzip(
    buildTar(Array.from({ length: 1000 }, (_, index) => ({ path: `package/${index}` }))),
  );
  await refuses({ tarball: many }, { step: "archive", options: { limits } });
  const large = crypto.getRandomValues(new Uint8Array(60_000));
  await refuses({ tarball: await gzip(buildTar([{ path: "package/x", body: large }])) }, {
    step: "tarball",
    options: { limits: { tarballBytes: 50_000 } },
  });
  await refuses({}, { step: "install", options: { limits: { treePackages: 1 } } });
  await refuses({}, { step: "install", options: { limits: { treeFiles: 1 } } });
  await refuses({}, { step: "install", options: { limits: { treeBytes: 3000 } } });
  await refuses({}, { step: "install", options: { limits: { downloadBytes: 500 } } });
  await refuses({ packageJson: { dependencies: { x: "y".repeat(9000) } } }, {
    step: "packument",
    options: { limits: { packumentBytes: 5000 } },
  });
});

Deno.test("npmSource.fetch() refuses what it cannot verify", async () => {
  const other = await packFiles({ "package.json": "{}" });
  await refuses({ dist: ({ tarball }) => ({ tarball }) }, { step: "integrity" });
  await refuses({
    dist: ({ tarball }) => ({
      tarball,
      integrity: `sha1-${createHash("sha1").update("x").digest("base64")}`,
      shasum: createHash("sha1").update("x").digest("hex"),
    }),
  }, { step: "integrity" });
  await refuses({ dist: ({ tarball }) => ({ tarball, integrity: "sha512-AAAA" }) }, {
    step: "integrity",
  });
  await refuses({
    dist: ({ tarball }) => ({
      tarball,
      integrity: `sha512-${createHash("sha512").update(other).digest("base64")}`,
    }),
  }, { step: "integrity" });
});

Deno.test("npmSource.fetch() refuses a truncated tarball", async () => {
  const whole = await packFiles({ "package.json": JSON.stringify({ name: "bad" }) });
  await refuses({ tarball: whole.slice(0, whole.length - 30) }, { step: "archive" });
});

Deno.test("npmSource.fetch() refuses a tarball on another host", async () => {
  await using elsewhere = FakeNpmRegistry.start();
  await refuses({
    dist: ({ integrity }) => ({ integrity, tarball: elsewhere.tarballUrl("bad", "1.0.0") }),
  }, { step: "tarball" });
  assert.equal(elsewhere.requests.length, 0);
});

Deno.test("npmSource.fetch() refuses a package whose archive holds another one", async () => {
  await using registry = FakeNpmRegistry.start();
  const tarball = await packFiles({
    "package.json": JSON.stringify({ name: "other", version: "1.0.0" }),
    "index.js": "",
  });
  await registry.publish({ name: "tool", version: "1.0.0", tarball });
  await using npm = await NpmFixture.create({ registry: registry.url });
  await failsWith(npm.get("tool"), { code: "artifact_failed", step: "entry" });
});

Deno.test("npmSource.fetch() holds a second fetch to the lock of the first", async () => {
  await using registry = FakeNpmRegistry.start();
  const tool = {
    name: "tool",
    version: "1.0.0",
    packageJson: { dependencies: { leaf: "^1.0.0" } },
    files: { "index.js": "" },
  };
  await registry.publish(tool);
  await registry.publish({ name: "leaf", version: "1.0.0", files: { "index.js": "good" } });
  await using npm = await NpmFixture.create({ registry: registry.url, packumentFreshMs: 0 });
  const { lock } = await npm.get("tool");
  await registry.publish({ name: "leaf", version: "1.1.0" });
  assert.deepEqual((await npm.get("tool", { lock })).lock, lock);

  await registry.publish({ name: "leaf", version: "1.0.0", files: { "index.js": "evil" } });
  const changed = await failsWith(npm.get("tool", { lock }), {
    code: "artifact_failed",
    step: "lock",
  });
  assert.deepEqual(changed.details["changed"], ["leaf@1.0.0"]);

  registry.unpublish("leaf", "1.0.0");
  await failsWith(npm.get("tool", { lock }), { code: "artifact_failed" });
  assert.deepEqual(await npm.leftovers(), []);
});

Deno.test("npmSource.fetch() refuses a tree with less than its lock", async () => {
  await using registry = FakeNpmRegistry.start();
  await registry.publish({ name: "tool", version: "1.0.0", files: { "index.js": "" } });
  await using npm = await NpmFixture.create({ registry: registry.url });
  const { lock } = await npm.get("tool");
  const more = { ...lock, packages: { ...lock.packages, "leaf@1.0.0": "sha512-x" } };
  const error = await failsWith(npm.get("tool", { lock: more }), {
    code: "artifact_failed",
    step: "lock",
  });
  assert.deepEqual(error.details["removed"], ["leaf@1.0.0"]);
});

Deno.test("npmSource.fetch() refuses a tarball swapped after it was resolved", async () => {
  await using registry = FakeNpmRegistry.start();
  await registry.publish({ name: "tool", version: "1.0.0", files: { "index.js": "good" } });
  await using npm = await NpmFixture.create({ registry: registry.url, packumentFreshMs: 0 });
  const { signal } = new AbortController();
  const resolved = await npm.source.resolve("tool", "1.0.0", { signal });
  await registry.publish({ name: "tool", version: "1.0.0", files: { "index.js": "evil" } });
  const directory = `${npm.root}/swapped`;
  await Deno.mkdir(directory);
  await failsWith(npm.source.fetch(resolved, { signal, directory }), {
    code: "artifact_failed",
    step: "integrity",
  });
});

Deno.test("npmSource.fetch() leaves nothing behind when aborted midway", async () => {
  await using registry = FakeNpmRegistry.start();
  await registry.publish({ name: "slow", version: "1.0.0" });
  await registry.publish({
    name: "tool",
    version: "1.0.0",
    packageJson: { dependencies: { slow: "1.0.0" } },
  });
  const asked = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<Response>();
  registry.intercept = (request) => {
    if (!request.url.endsWith("/slow")) return undefined;
    asked.resolve();
    return finish.promise;
  };
  await using npm = await NpmFixture.create({ registry: registry.url });
  const stop = new AbortController();
  const fetching = npm.get("tool", { signal: stop.signal });
  await asked.promise;
  stop.abort(new Error("caller went away"));
  await assert.rejects(fetching, /caller went away/);
  assert.deepEqual(await npm.leftovers(), []);
  finish.resolve(new Response());
});

Deno.test("npmSource.fetch() gives up on an installation that takes too long", async () => {
  await using registry = FakeNpmRegistry.start();
  await registry.publish({
    name: "tool",
    version: "1.0.0",
    packageJson: { dependencies: { slow: "1.0.0" } },
  });
  const finish = Promise.withResolvers<Response>();
  registry.intercept = (request) => request.url.endsWith("/slow") ? finish.promise : undefined;
  await using npm = await NpmFixture.create({
    registry: registry.url,
    limits: { installTimeoutMs: 400 },
  });
  await failsWith(npm.get("tool"), { code: "artifact_failed", step: "install" });
  assert.deepEqual(await npm.leftovers(), []);
  finish.resolve(new Response());
});

Deno.test("npmSource.fetch() says so when the installer itself cannot go on", async () => {
  const error = await refuses({}, {
    step: "install",
    options: { limits: { installMemoryBytes: 8 * 1024 * 1024 } },
  });
  assert.match(error.message, /^install dependencies: .*[a-z]/);
});
