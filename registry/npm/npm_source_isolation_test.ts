import assert from "node:assert/strict";
import { AirlockError } from "../../spec/errors.ts";
import { FakeNpmRegistry } from "../../tests/support/fake_npm_registry.ts";
import { NpmFixture } from "../../tests/support/npm_fixture.ts";

Deno.test("npmSource.fetch() runs no lifecycle script, of the tool or of a dependency", async () => {
  await using registry = FakeNpmRegistry.start();
  await using npm = await NpmFixture.create({ registry: registry.url });
  const marker = `${npm.root}/marker`;
  const scripts = Object.fromEntries(
    ["preinstall", "install", "postinstall", "prepare"].map((name) => [name, `touch ${marker}`]),
  );
  await registry.publish({ name: "evil", version: "1.0.0", packageJson: { scripts } });
  await registry.publish({
    name: "tool",
    version: "1.0.0",
    packageJson: { scripts, dependencies: { evil: "1.0.0" } },
    files: { "index.js": "", "binding.gyp": "{}" },
  });
  await npm.get("tool");
  await assert.rejects(Deno.stat(marker), Deno.errors.NotFound);
});

Deno.test("npmSource.fetch() serves scopes from their own registries, without showing tokens", async () => {
  await using open = FakeNpmRegistry.start();
  await using closed = FakeNpmRegistry.start({ pathPrefix: "/private/" });
  const token = "s3cret-token";
  closed.tokens.set("*", token);
  await closed.publish({
    name: "@acme/tool",
    version: "1.0.0",
    packageJson: { dependencies: { "@acme/leaf": "*", leaf: "*" } },
    files: { "index.js": "" },
  });
  await closed.publish({ name: "@acme/leaf", version: "1.0.0" });
  await open.publish({ name: "@acme/leaf", version: "99.0.0" });
  await open.publish({ name: "leaf", version: "1.0.0" });
  await using npm = await NpmFixture.create({
    registry: open.url,
    npmrc: [
      `@acme:registry=${closed.url}`,
      `//${new URL(closed.url).host}/private/:_authToken=${token}`,
    ].join("\n"),
  });
  const fetched = await npm.get("@acme/tool");
  assert.deepEqual(Object.keys(fetched.lock.packages), [
    "@acme/leaf@1.0.0",
    "@acme/tool@1.0.0",
    "leaf@1.0.0",
  ]);
  assert.ok(
    open.requests.every(({ path, authorization }) =>
      path.startsWith("/leaf") && authorization === null
    ),
  );
  const project = `${fetched.directory}/project`;
  for (const name of ["deno.lock", "deno.json", "package.json"]) {
    assert.doesNotMatch(await Deno.readTextFile(`${project}/${name}`), new RegExp(token));
  }
});

Deno.test("npmSource.fetch() follows no configuration that lies above its directory", async () => {
  await using registry = FakeNpmRegistry.start();
  await using trap = FakeNpmRegistry.start();
  await registry.publish({
    name: "tool",
    version: "1.0.0",
    packageJson: { dependencies: { "@acme/leaf": "1.0.0" } },
    files: { "index.js": "" },
  });
  await registry.publish({ name: "@acme/leaf", version: "1.0.0" });
  await using npm = await NpmFixture.create({ registry: registry.url });
  await npm.source.resolve("tool", undefined, { signal: new AbortController().signal });
  await Deno.writeTextFile(
    `${npm.root}/.npmrc`,
    `registry=${trap.url}\n@acme:registry=${trap.url}\n`,
  );
  await Deno.writeTextFile(
    `${npm.root}/package.json`,
    '{"workspaces":["*"],"dependencies":{"a":"1"}}',
  );
  await Deno.writeTextFile(`${npm.root}/deno.json`, '{"workspace":["./x"],"lock":"./here.lock"}');
  const { lock } = await npm.get("tool");
  assert.deepEqual(Object.keys(lock.packages), ["@acme/leaf@1.0.0", "tool@1.0.0"]);
  assert.equal(trap.requests.length, 0);
});

Deno.test("npmSource.fetch() reaches nothing but registries, whatever a dependency says", async () => {
  await using registry = FakeNpmRegistry.start();
  await using trap = FakeNpmRegistry.start();
  const host = new URL(trap.url).host;
  const addresses = [
    `${trap.url}x.tgz`,
    `git+http://${host}/x.git`,
    `git://${host}/x.git`,
    "file:../../../etc",
    "link:/etc",
    "workspace:*",
    "acme/repository",
  ];
  await using npm = await NpmFixture.create({ registry: registry.url });
  for (const [index, address] of addresses.entries()) {
    const version = `1.0.${index}`;
    const packageJson = { dependencies: { odd: address } };
    await registry.publish({ name: `tool-${index}`, version, packageJson });
    await npm.get(`tool-${index}`).catch((error: unknown) =>
      assert.ok(error instanceof AirlockError)
    );
    assert.equal(trap.requests.length, 0, address);
    assert.deepEqual(await npm.leftovers(), []);
  }
});
