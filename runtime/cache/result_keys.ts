import { createHash, createHmac, randomBytes } from "node:crypto";
import { canonicalJson } from "../../spec/canonical_json.ts";
import type { Artifact } from "../../spec/artifact.ts";
import type { ExecutionRequest } from "../../spec/execution.ts";
import type { SandboxNeed } from "../../spec/sandbox.ts";

/** Under which keys the result of a call may be kept. */
export interface ResultKeys {
  /** For the call's own tenant. */
  readonly own: string;
  /** For everybody: absent where the result must stay with the tenant whatever happens. */
  readonly shared?: string;
}

/** A call, as far as its result depends on it. */
export interface KeySubject {
  readonly tenant: string;
  readonly request: ExecutionRequest;
  readonly artifact: Artifact;
  readonly toolName: string;
  readonly env: Readonly<Record<string, string>>;
  readonly need: SandboxNeed;
}

/** Names the results of calls. */
export interface ResultKeyMaker {
  /** `null` where no result of the call may be kept or taken. */
  keysOf(call: KeySubject): ResultKeys | null;
}

/**
 * Makes the keys of one gateway. A key names the artifact, the export, the parameters (members in
 * any order), permissions, limits and the runtime where one was insisted on. That of a tenant also
 * names the environment, as an HMAC under a random key that is kept nowhere else.
 *
 * @param isPublic Whether anybody may have the package, so that its results are nobody's secret.
 */
export function createResultKeys(
  isPublic: (packageName: string, source: string) => boolean,
): ResultKeyMaker {
  const salt = randomBytes(32);
  return {
    keysOf(call) {
      const { tenant, request, artifact: { manifest, digest }, env, need, toolName } = call;
      const isPure = manifest.needs.pure === true;
      const isAsked = request.cache === true;
      if (request.cache === false || !(isPure || isAsked)) return null;
      // Whoever asks for a process of its own wants to see the tool run.
      if (request.isolation === "per-call" && !isAsked) return null;
      const { net, netDirect, fs } = need.permissions;
      const grants = [typeof net === "string" ? net : [...net].sort(), [...netDirect].sort(), fs];
      const what = textOf(
        [digest, toolName, request.runtime ?? null, grants, need.limits, request.params],
      );
      if (what === null) return null;
      const hash = createHash("sha256").update(what).digest("base64url");
      const envDigest = createHmac("sha256", salt).update(canonicalJson(env)).digest("base64url");
      const own = JSON.stringify([tenant, envDigest, hash]);
      const { packageName, source } = manifest.resolved;
      const mayShare = isPure && Object.keys(request.env).length === 0 &&
        isPublic(packageName, source);
      return mayShare ? { own, shared: hash } : { own };
    },
  };
}

/** `null` for parameters that are nested too deep to be written in one go. */
function textOf(parts: readonly unknown[]): string | null {
  try {
    return canonicalJson(parts);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
