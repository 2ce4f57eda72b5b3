import assert from "node:assert/strict";
import { join } from "node:path";
import { ArtifactStore } from "../../runtime/artifact/artifact_store.ts";
import { judgeDeno } from "../../runtime/artifact/judge_deno.ts";
import {
  createArtifactPreparer,
  type PreparePolicy,
} from "../../runtime/artifact/prepare_artifact.ts";
import { type FakePackages, fakePackages, type FakeStep } from "./fake_packages.ts";
import { temporaryDirectory } from "./sample_artifact.ts";

/** Bounds wide enough not to be met. */
export const POLICY: PreparePolicy = {
  maxConcurrentBuilds: 2,
  maxQueuedBuilds: 100,
  buildDeadlineMs: 10_000,
  resolveTtlMs: 60_000,
  notFoundTtlMs: 60_000,
  allowsFallback: () => true,
};
/** An exact version that the fakes have. */
export const NPM = { packageName: "sample", version: "1.0.0", source: "npm" } as const;

/**
 * A store and a preparer over fake sources `npm` and `esm`. Disposing checks that no private
 * directory is left.
 */
export async function preparerWorld(policy: Partial<PreparePolicy> = {}) {
  const temporary = await temporaryDirectory();
  const store = await ArtifactStore.open({ directory: temporary.path, maxBytes: 1e6 });
  const npm = fakePackages("npm");
  const esm = fakePackages("esm");
  const make = () =>
    createArtifactPreparer({
      sources: [npm.source, esm.source],
      // What one source fetched is built by that one's fake, so that counts and hooks stay apart.
      build: (fetched, options) =>
        (fetched.resolved.source === "npm" ? npm : esm).build(fetched, options),
      probe: npm.probe,
      store,
      judges: [judgeDeno],
      policy: { ...POLICY, ...policy },
    });
  const preparer = make();
  return {
    ...{ npm, esm, store, preparer, make },
    path: temporary.path,
    async [Symbol.asyncDispose]() {
      await preparer[Symbol.asyncDispose]();
      const left = await unfinished(temporary.path);
      await store[Symbol.asyncDispose]();
      await temporary[Symbol.asyncDispose]();
      assert.deepEqual(left, [], "private directories are gone");
    },
  };
}

/** Directories in the areas of live stores. */
async function unfinished(path: string): Promise<string[]> {
  const found: string[] = [];
  for await (const area of Deno.readDir(join(path, "staging"))) {
    if (!area.isDirectory) continue;
    for await (const { name } of Deno.readDir(join(path, "staging", area.name))) found.push(name);
  }
  return found;
}

/** A signal that never aborts. */
export function never(): AbortSignal {
  return new AbortController().signal;
}

/** Blocks a step until `open()`; heeds the signal unless told not to. */
export function blockStep(fake: FakePackages, step: FakeStep, heed = true) {
  const opened = Promise.withResolvers<void>();
  const entered = Promise.withResolvers<void>();
  const signals: AbortSignal[] = [];
  fake.hooks[step] = ({ signal }) => {
    signals.push(signal);
    entered.resolve();
    if (!heed) return opened.promise;
    return new Promise((resolve, reject) => {
      opened.promise.then(resolve);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  };
  return { entered: entered.promise, open: opened.resolve, signals };
}
