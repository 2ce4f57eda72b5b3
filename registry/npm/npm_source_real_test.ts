import assert from "node:assert/strict";
import { failsWith } from "../../tests/support/fails_with.ts";
import { NpmFixture } from "../../tests/support/npm_fixture.ts";

// These reach the registry that this machine's npm is configured for.

Deno.test("npmSource.fetch() installs a real AI SDK tool package", async () => {
  await using npm = await NpmFixture.create();
  const fetched = await npm.get("@tpmjs/tools-html-to-markdown", { version: "0.1.0" });
  assert.match(fetched.entry, /\/@tpmjs\/tools-html-to-markdown\/dist\/index\.js$/);
  assert.ok((await Deno.stat(fetched.entry)).isFile);
  assert.ok(Object.hasOwn(fetched.lock.packages, "@tpmjs/tools-html-to-markdown@0.1.0"));
  assert.ok(Object.keys(fetched.lock.packages).some((label) => label.startsWith("ai@")));
  for (const integrity of Object.values(fetched.lock.packages)) assert.match(integrity, /^sha512-/);
  const again = await npm.get("@tpmjs/tools-html-to-markdown", {
    version: "0.1.0",
    lock: fetched.lock,
  });
  assert.deepEqual(again.lock, fetched.lock);
  assert.equal(again.downloadedBytes, 0);
  assert.deepEqual(await npm.leftovers(), []);
});

Deno.test("npmSource.fetch() installs real trees, CommonJS, deep and with native parts", async () => {
  await using npm = await NpmFixture.create();
  assert.match((await npm.get("ms", { version: "^2.1.0" })).entry, /\/ms\/index\.js$/);
  assert.match((await npm.get("lodash/get", { version: "4" })).entry, /\/lodash\/get\.js$/);
  const cheerio = await npm.get("cheerio", { version: "1.0.0" });
  assert.match(cheerio.entry, /\/dist\/esm\/index\.js$/);
  assert.ok(Object.keys(cheerio.lock.packages).length > 15);
  const esbuild = await npm.get("esbuild", { version: "0.28.2" });
  assert.ok(Object.hasOwn(esbuild.lock.packages, "@esbuild/linux-x64@0.28.2"));
});

Deno.test("npmSource.resolve() says what a real registry does not have", async () => {
  await using npm = await NpmFixture.create();
  const { signal } = new AbortController();
  const missing = await failsWith(
    npm.source.resolve("airlock-no-such-package-5fd2c1", undefined, { signal }),
    { code: "artifact_failed", step: "packument" },
  );
  assert.match(missing.message, /not found/);
  const version = await failsWith(npm.source.resolve("ms", "99.0.0", { signal }), {
    code: "artifact_failed",
    step: "version",
  });
  assert.match(String(version.suggestion), /2\.1\.3/);
});
