import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { FAKE_REPORT } from "../../tests/support/fake_packages.ts";
import { NpmFixture } from "../../tests/support/npm_fixture.ts";
import { never, POLICY } from "../../tests/support/preparer_world.ts";
import { temporaryDirectory } from "../../tests/support/sample_artifact.ts";
import { ArtifactStore } from "./artifact_store.ts";
import { buildArtifact } from "./build/build_artifact.ts";
import { createBundler } from "./build/bundler.ts";
import { judgeDeno } from "./judge_deno.ts";
import { createArtifactPreparer } from "./prepare_artifact.ts";

// These reach the registry that this machine's npm is configured for.

Deno.test("prepare() makes real packages ready, the same again after eviction", async () => {
  await using temporary = await temporaryDirectory();
  await using npm = await NpmFixture.create();
  await using bundler = createBundler();
  await using store = await ArtifactStore.open({ directory: temporary.path, maxBytes: 1e9 });
  await using preparer = createArtifactPreparer({
    ...{
      sources: [npm.source],
      store,
      judges: [judgeDeno],
      policy: { ...POLICY, buildDeadlineMs: 60_000 },
    },
    build: (fetched, options) => buildArtifact(fetched, { bundler, ...options }),
    // What the sandbox sees has tests of its own.
    probe: () => Promise.resolve(FAKE_REPORT),
  });
  const request = { packageName: "@tpmjs/tools-html-to-markdown", version: "0.1.0" } as const;
  const prepare = async () => {
    using prepared = await preparer.prepare({ ...request, source: "npm" }, { signal: never() });
    const { artifact, built } = prepared;
    const module = join(artifact.codeDirectory, artifact.manifest.entry);
    const loaded: Record<string, unknown> = await import(pathToFileURL(module).href);
    return { artifact, built, names: Object.keys(loaded) };
  };
  const first = await prepare();
  assert.equal(first.built, true);
  assert(first.names.includes("default"), "its code runs");
  assert.equal(typeof first.artifact.manifest.category, "string");
  const integrities = Object.values(first.artifact.lock.packages);
  assert(integrities.length > 1 && integrities.every((text) => text.startsWith("sha512-")));
  assert.equal((await prepare()).built, false);
  await store.prune({ all: true });
  const again = await prepare();
  assert.equal(again.built, true);
  assert.equal(again.artifact.digest, first.artifact.digest, "builds are reproducible");
});
