import assert from "node:assert/strict";
import { FakeNpmRegistry } from "../../tests/support/fake_npm_registry.ts";
import { NetworkMeter } from "./network_meter.ts";
import { NpmClient } from "./npm_client.ts";
import { DEFAULT_NPM_LIMITS } from "./npm_limits.ts";
import { startRegistryFront } from "./registry_front.ts";
import { TarballCache } from "./tarball_cache.ts";

function frontOf(registry: FakeNpmRegistry, cacheDirectory: string) {
  const url = new URL(registry.url);
  const client = new NpmClient({
    config: { registryFor: () => ({ url, authorization: "Bearer t" }) },
    limits: DEFAULT_NPM_LIMITS,
    packumentFreshMs: 0,
  });
  return startRegistryFront({
    client,
    limits: DEFAULT_NPM_LIMITS,
    cache: new TarballCache(cacheDirectory, 1_000_000),
    meter: new NetworkMeter(),
    minAgeMs: 0,
    signal: new AbortController().signal,
  });
}

Deno.test("registryFront answers only below its secret path, and only GET", async () => {
  await using registry = FakeNpmRegistry.start();
  await registry.publish({ name: "x", version: "1.0.0" });
  const directory = await Deno.makeTempDir();
  try {
    await using front = frontOf(registry, directory);
    const status = async (url: string, method = "GET") => {
      const response = await fetch(url, { method });
      await response.body?.cancel();
      return response.status;
    };
    const origin = new URL(front.url).origin;
    assert.equal(await status(`${front.url}x`), 200);
    assert.equal(await status(`${front.url}x`, "PUT"), 404);
    for (const path of ["/x", "/", `/${"0".repeat(48)}/x`]) {
      assert.equal(await status(origin + path), 404);
    }
    for (const path of ["..%2f..%2fx", "-/x/9.9.9.tgz", "-/..%2fx/1.0.0.tgz", "-/y/1.0.0.tgz"]) {
      assert.equal(await status(front.url + path), 404);
    }
    assert.equal(front.refused.aborted, false);
    assert.equal(registry.requests.length, 1);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("registryFront shows no scripts, no commands and no address but its own", async () => {
  await using registry = FakeNpmRegistry.start();
  await registry.publish({
    name: "x",
    version: "1.0.0",
    packageJson: { scripts: { postinstall: "evil" }, bin: { "../../evil": "x.js" } },
  });
  const directory = await Deno.makeTempDir();
  try {
    await using front = frontOf(registry, directory);
    const text = await (await fetch(`${front.url}x`)).text();
    assert.doesNotMatch(text, /evil|hasInstallScript/);
    assert.ok(!text.includes(registry.url));
    assert.ok(text.includes(`${front.url}-/x/1.0.0.tgz`));
    const tarball = await fetch(`${front.url}-/x/1.0.0.tgz`);
    assert.equal(tarball.status, 200);
    assert.ok((await tarball.bytes()).byteLength > 0);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("registryFront closes its port, also while something waits", async () => {
  await using registry = FakeNpmRegistry.start();
  const asked = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<Response>();
  registry.intercept = () => {
    asked.resolve();
    return finish.promise;
  };
  const directory = await Deno.makeTempDir();
  try {
    const front = frontOf(registry, directory);
    const waiting = fetch(`${front.url}x`).then((response) => response.text(), () => "");
    await asked.promise;
    await front[Symbol.asyncDispose]();
    await waiting;
    finish.resolve(new Response());
    await assert.rejects(fetch(front.url));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
