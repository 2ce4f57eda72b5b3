import { join } from "node:path";
import type { Config } from "../config.ts";
import { ArtifactStore } from "../runtime/artifact/artifact_store.ts";
import { AirlockError } from "../spec/errors.ts";

/**
 * Opens the artifact store of the configured data directory.
 * @throws {AirlockError} `invalid_input` where there can be no such directory.
 */
export async function openStore(config: Config): Promise<ArtifactStore> {
  await makeDataDirectory(config.dataDirectory);
  return await ArtifactStore.open({
    directory: join(config.dataDirectory, "store"),
    maxBytes: config.cacheMaxBytes,
  });
}

async function makeDataDirectory(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
    // Somebody else's may be there already: what cannot be written is found out now.
    await Deno.remove(await Deno.makeTempDir({ dir: path, prefix: "probe-" }));
  } catch (cause) {
    throw new AirlockError("invalid_input", `open ${path}: the data directory cannot be written`, {
      suggestion: "Make it writable for the user that Airlock runs as, or set AIRLOCK_DATA_DIR.",
      cause,
    });
  }
}
