import { createHash } from "node:crypto";
import type { ArtifactLock, ArtifactManifest } from "../../spec/artifact.ts";
import { canonicalJson } from "../../spec/canonical_json.ts";
import type { FileEntry } from "./file_list.ts";

/** What the digest of an artifact covers: all of it. */
export interface DigestInput {
  readonly manifest: ArtifactManifest;
  readonly lock: ArtifactLock;
  readonly files: readonly FileEntry[];
}

/** Lower-case hex SHA-256 over the canonical JSON of manifest, lock and file list. */
export function artifactDigest({ manifest, lock, files }: DigestInput): string {
  return createHash("sha256").update(canonicalJson({ manifest, lock, files })).digest("hex");
}

/** Whether `text` has the form of a digest. */
export function isDigest(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
