import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { DEFAULT_NPM_LIMITS } from "../../registry/npm/npm_limits.ts";
import type { runInstaller } from "../../registry/npm/run_installer.ts";
import { FakeNpmRegistry } from "../support/fake_npm_registry.ts";
import { bundle, type Loosening } from "../support/loosened_build.ts";
import { temporaryDirectory } from "../support/sample_artifact.ts";

const INSTALLER = "registry/npm/run_installer.ts";

/** Installs a package whose install script writes a file. @returns Whether the script ran. */
async function installScriptRuns(loosenings: readonly Loosening[]): Promise<boolean> {
  await using registry = FakeNpmRegistry.start();
  await using temporary = await temporaryDirectory();
  const directory = await Deno.realPath(temporary.path);
  const marker = join(directory, "pwned");
  await registry.publish({
    name: "evil",
    version: "1.0.0",
    packageJson: { scripts: { postinstall: `echo pwned > ${marker}` } },
    files: { "index.js": "" },
  });
  await bundle(INSTALLER, join(directory, "loose"), loosenings);
  const url = pathToFileURL(join(directory, "loose", "run_installer.js")).href;
  const module: { runInstaller: typeof runInstaller } = await import(url);
  await Deno.mkdir(join(directory, "project"));
  await Deno.mkdir(join(directory, "state"));
  const project = { name: "project", private: true, dependencies: { evil: "1.0.0" } };
  await Deno.writeTextFile(join(directory, "project/package.json"), JSON.stringify(project));
  await Deno.writeTextFile(join(directory, "project/deno.json"), "{}");
  await module.runInstaller({
    directory,
    registryUrl: registry.url,
    limits: DEFAULT_NPM_LIMITS,
    signal: AbortSignal.timeout(60_000),
  });
  return await Deno.stat(marker).then(() => true, () => false);
}

Deno.test("an installer that were to allow scripts would run them", async () => {
  const allowed = { file: INSTALLER, from: `"--quiet",`, to: `"--quiet", "--allow-scripts",` };
  assert.equal(await installScriptRuns([allowed]), true);
  assert.equal(await installScriptRuns([]), false);
});
