import assert from "node:assert/strict";
import { ArtifactStore } from "../runtime/artifact/artifact_store.ts";
import { DEFAULT_LIMITS } from "../spec/limits.ts";
import { NO_PERMISSIONS } from "../spec/permissions.ts";
import type { Sandbox, SandboxExit, SandboxRuntime } from "../spec/sandbox.ts";
import { putSample, temporaryDirectory } from "../tests/support/sample_artifact.ts";
import { holdTrees } from "./hold_trees.ts";

const LIMITS = { permissions: NO_PERMISSIONS, limits: DEFAULT_LIMITS };

/** A runtime whose only sandbox ends when `end` is called; without `end` it cannot be started. */
function runtimeOf(exited: Promise<SandboxExit> | null): SandboxRuntime {
  return {
    kind: "deno",
    isolation: "bubblewrap",
    classOf: () => "class",
    create() {
      if (exited === null) return Promise.reject(new Error("no process"));
      const sandbox: Pick<Sandbox, "exited"> = { exited };
      return Promise.resolve(sandbox as Sandbox);
    },
  };
}

async function storeWithTree() {
  const temporary = await temporaryDirectory();
  const store = await ArtifactStore.open({ directory: temporary.path, maxBytes: 2 ** 20 });
  const lease = await putSample(store);
  const tree = lease.artifact.codeDirectory;
  lease[Symbol.dispose]();
  return {
    store,
    tree,
    removed: async () => (await store.prune({ all: true })).removed.length,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await temporary[Symbol.asyncDispose]();
    },
  };
}

Deno.test("holdTrees() keeps a tree on disk until the sandbox that reads it has ended", async () => {
  await using world = await storeWithTree();
  const end = Promise.withResolvers<SandboxExit>();
  await holdTrees(runtimeOf(end.promise), world.store).create({ ...LIMITS, tree: world.tree });
  assert.equal(await world.removed(), 0);
  assert.equal((await Deno.stat(world.tree)).isDirectory, true);
  end.resolve({ reason: "crashed", detail: "" });
  await end.promise;
  assert.equal(await world.removed(), 1);
});

Deno.test("holdTrees() lets go where no sandbox can be started", async () => {
  await using world = await storeWithTree();
  const runtime = holdTrees(runtimeOf(null), world.store);
  await assert.rejects(runtime.create({ ...LIMITS, tree: world.tree }), /no process/);
  assert.equal(await world.removed(), 1);
});

Deno.test("holdTrees() holds nothing for code that is no tree, and is else the same runtime", async () => {
  await using world = await storeWithTree();
  const runtime = holdTrees(runtimeOf(new Promise(() => {})), world.store);
  await runtime.create(LIMITS);
  assert.equal(await world.removed(), 1);
  assert.deepEqual([runtime.kind, runtime.isolation, runtime.classOf(LIMITS)], [
    "deno",
    "bubblewrap",
    "class",
  ]);
});
