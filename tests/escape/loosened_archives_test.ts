import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { loadNpmConfig } from "../../registry/npm/npm_config.ts";
import type { createNpmSource } from "../../registry/npm/npm_source.ts";
import { FakeNpmRegistry } from "../support/fake_npm_registry.ts";
import { bundle, type Loosening } from "../support/loosened_build.ts";
import { temporaryDirectory } from "../support/sample_artifact.ts";

/** What compares a tarball with the hash that its registry states. */
const NO_COMPARISON: Loosening = {
  file: "registry/npm/front_desk.ts",
  from: "if (!hasIntegrity(bytes, integrity)) throw altered",
  to: "if (false) throw altered",
};
/** What tells the installer that hash, which compares as well. */
const NO_STATEMENT: Loosening = {
  file: "registry/npm/front_packument.ts",
  from: "dist: checked === undefined ? { tarball } :",
  to: "dist: true ? { tarball } :",
}; /** What compares what the installer says it has got. */
const NO_LOCK_CHECK: Loosening = {
  file: "registry/npm/install_tree.ts",
  from: "if (integrity === undefined || integrity !== stated) {",
  to: "if (false) {",
};
/** What compares it with the hash that was stated when the package was resolved. */
const NO_EXPECTATION: Loosening = {
  file: "registry/npm/npm_source.ts",
  from: "if (resolved.integrity !== undefined) expectIntegrity",
  to: "if (false) expectIntegrity",
};

/** Fetches a package whose tarball is not the one that its registry states the hash of. */
async function fetchAltered(loosenings: readonly Loosening[]): Promise<string> {
  await using registry = FakeNpmRegistry.start();
  await using temporary = await temporaryDirectory();
  const root = await Deno.realPath(temporary.path);
  await registry.publish({
    name: "evil",
    version: "1.0.0",
    files: { "index.js": "altered" },
    dist: ({ tarball }) => ({ tarball, integrity: `sha512-${btoa("x".repeat(64))}` }),
  });
  await bundle("registry/npm/npm_source.ts", join(root, "loose"), loosenings);
  const url = pathToFileURL(join(root, "loose", "npm_source.js")).href;
  const module: { createNpmSource: typeof createNpmSource } = await import(url);
  const source = module.createNpmSource({
    loadConfig: () => loadNpmConfig({ registry: registry.url, env: {}, home: root, cwd: root }),
    cacheDirectory: join(root, "cache"),
  });
  const signal = AbortSignal.timeout(60_000);
  const directory = join(root, "fetched");
  await Deno.mkdir(directory);
  const resolved = await source.resolve("evil", "1.0.0", { signal });
  const { entry } = await source.fetch(resolved, { signal, directory });
  return await Deno.readTextFile(entry);
}

Deno.test("without its comparisons an altered tarball is installed; each alone refuses it", async () => {
  const all = [NO_COMPARISON, NO_STATEMENT, NO_LOCK_CHECK, NO_EXPECTATION];
  assert.equal(await fetchAltered(all), "altered");
  for (const kept of all) {
    const loosenings = all.filter((one) => one !== kept);
    // The loosened source has an error class of its own, so only the code tells.
    await assert.rejects(fetchAltered(loosenings), { code: "artifact_failed" }, kept.file);
  }
});
