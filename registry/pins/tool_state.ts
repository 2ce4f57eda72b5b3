import { createHash } from "node:crypto";
import type { Artifact, ArtifactLock, ResolvedPackage } from "../../spec/artifact.ts";
import { canonicalJson } from "../../spec/canonical_json.ts";
import { isJsonObject } from "../../spec/json.ts";
import type { ArtifactFingerprint, ToolState } from "../../spec/pin.ts";
import {
  definitionHash,
  definitionText,
  type HashedDefinition,
} from "../catalog/definition_hash.ts";

/** The parts of an artifact that pins go by. */
export type PinnedArtifact = Pick<Artifact, "manifest" | "lock">;

/**
 * What a tool of an artifact is.
 * @returns `null` where the artifact has no tool of that name.
 */
export function toolState(artifact: PinnedArtifact, toolName: string): ToolState | null {
  const { manifest, lock } = artifact;
  const hashed = hashedDefinition(artifact, toolName);
  if (hashed === null) return null;
  const { source, packageName, version } = manifest.resolved;
  const definition: unknown = JSON.parse(definitionText(hashed));
  if (!isJsonObject(definition)) throw new TypeError("pin tool: its definition is not an object");
  const hashes = {
    lockHash: lockHash(lock, manifest.resolved),
    definitionHash: definitionHash(hashed),
  };
  const stateHash = sha256([version, hashes.lockHash, hashes.definitionHash]);
  return { source, packageName, toolName, version, lock, definition, ...hashes, stateHash };
}

/** Makes a function that gives the hashes of artifacts, and makes those of each only once. */
export function createFingerprints(): (artifact: PinnedArtifact) => ArtifactFingerprint {
  // Manifests stay in memory as long as their artifacts are in use.
  const known = new WeakMap<object, ArtifactFingerprint>();
  return (artifact) => {
    const kept = known.get(artifact.manifest) ?? keepNames(fingerprint(artifact));
    known.set(artifact.manifest, kept);
    return kept;
  };
}

/** Only names of tools that are there are kept, so there are no more than those. */
function keepNames({ lockHash, definitionHashOf }: ArtifactFingerprint): ArtifactFingerprint {
  const hashes = new Map<string, string>();
  return {
    lockHash,
    definitionHashOf(toolName) {
      const hash = hashes.get(toolName) ?? definitionHashOf(toolName);
      if (hash !== undefined) hashes.set(toolName, hash);
      return hash;
    },
  };
}

/** The hashes of an artifact, made when asked for. */
export function fingerprint(artifact: PinnedArtifact): ArtifactFingerprint {
  return {
    lockHash: lockHash(artifact.lock, artifact.manifest.resolved),
    definitionHashOf(toolName) {
      const hashed = hashedDefinition(artifact, toolName);
      return hashed === null ? undefined : definitionHash(hashed);
    },
  };
}

/**
 * Names all that went into an artifact: its tree, and the package itself where the source states an
 * integrity of it. Lower-case hex SHA-256.
 */
export function lockHash(lock: ArtifactLock, { integrity }: ResolvedPackage): string {
  return sha256({ packages: lock.packages, modules: lock.modules, integrity: integrity ?? null });
}

function hashedDefinition({ manifest }: PinnedArtifact, toolName: string): HashedDefinition | null {
  const tool = manifest.tools.find(({ name }) => name === toolName);
  return tool === undefined ? null : { tool, env: manifest.env, needs: manifest.needs };
}

function sha256(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
