import { join } from "node:path";
import type { ArtifactLock, ArtifactManifest } from "../../spec/artifact.ts";
import { artifactDigest } from "./artifact_digest.ts";
import { CODE } from "./artifact_reader.ts";
import { canonicalJson } from "../../spec/canonical_json.ts";
import { listFiles } from "./file_list.ts";
import { LOCK_SCHEMA, MANIFEST_SCHEMA } from "./manifest_schema.ts";
import { sealTree } from "./sealed_tree.ts";

/** What an artifact is made of. */
export interface ArtifactContents {
  /** Moved away from where it is. */
  readonly codeDirectory: string;
  readonly manifest: ArtifactManifest;
  readonly lock: ArtifactLock;
}

/**
 * Makes `directory`, which is empty, an artifact's: moves the code there, seals it, and writes
 * manifest, lock and file list beside it.
 *
 * @throws {AirlockError} `artifact_failed` at stage `store` for code that cannot be stored.
 */
export async function assembleArtifact(
  directory: string,
  contents: ArtifactContents,
): Promise<{ digest: string; manifest: ArtifactManifest }> {
  // As a reader will see them: a member that the format does not know must not enter the digest.
  const manifest = MANIFEST_SCHEMA.parse(JSON.parse(canonicalJson(contents.manifest)));
  const lock = LOCK_SCHEMA.parse(JSON.parse(canonicalJson(contents.lock)));
  const code = join(directory, CODE);
  // A sealed directory cannot be moved: its own `..` entry would change.
  await Deno.chmod(contents.codeDirectory, 0o755);
  await Deno.rename(contents.codeDirectory, code);
  await sealTree(code);
  const files = await listFiles(code);
  const parts = { "manifest.json": manifest, "lock.json": lock, "files.json": files };
  for (const [name, part] of Object.entries(parts)) {
    await Deno.writeTextFile(join(directory, name), canonicalJson(part), { createNew: true });
    await Deno.chmod(join(directory, name), 0o444);
  }
  return { digest: artifactDigest({ manifest, lock, files }), manifest };
}
