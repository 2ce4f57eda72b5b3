import type { Cache } from "../cli/cli_deps.ts";
import type { Config } from "../config.ts";
import { openStore } from "./open_store.ts";

/** The artifact store as `airlock cache` shows it. */
export async function openCache(config: Config): Promise<Cache> {
  const store = await openStore(config);
  return {
    async list() {
      const stored = await store.list();
      return stored.map(({ digest, ref, sizeBytes, lastUsedMs }) => ({
        digest,
        name: ref === null ? "" : `${ref.packageName}@${ref.version}`,
        sizeBytes,
        lastUsedMs,
      }));
    },
    async prune(options) {
      const { removed, freedBytes } = await store.prune(options);
      return { removed: removed.length, freedBytes };
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}
