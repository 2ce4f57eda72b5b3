import { basename, dirname } from "node:path";
import type { ArtifactStore } from "../runtime/artifact/artifact_store.ts";
import type { SandboxRuntime } from "../spec/sandbox.ts";

/**
 * `runtime`, with package trees held in `store` for as long as a sandbox may read them: a sandbox
 * that is kept outlives the call that made it, and the store would otherwise be free to remove the
 * files under it. (A bundle is linked into the sandbox's own directory and needs no hold.)
 */
export function holdTrees(runtime: SandboxRuntime, store: ArtifactStore): SandboxRuntime {
  return {
    kind: runtime.kind,
    isolation: runtime.isolation,
    classOf: (need) => runtime.classOf(need),
    async create(need) {
      const digest = need.tree === undefined ? undefined : basename(dirname(need.tree));
      const lease = digest === undefined ? undefined : await store.get(digest);
      try {
        const sandbox = await runtime.create(need);
        void sandbox.exited.then(() => lease?.[Symbol.dispose]());
        return sandbox;
      } catch (error) {
        lease?.[Symbol.dispose]();
        throw error;
      }
    },
  };
}
