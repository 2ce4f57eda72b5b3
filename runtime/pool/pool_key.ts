import { createHmac, randomBytes } from "node:crypto";
import type { Permissions } from "../../spec/permissions.ts";
import type { PoolRequest } from "./pool_request.ts";

/** Names the calls that may share a sandbox. */
export interface PoolKeys {
  /** Equal only for equal tenant, artifact, module, permissions, environment and sandbox class. */
  keyOf(request: PoolRequest, sandboxClass: string): string;
}

/**
 * Makes the keys of one pool. Environment values enter only as an HMAC under a random key that is
 * made here and kept nowhere else, so a key tells nothing about them.
 *
 * Limits enter through the sandbox class: whatever a runtime fixes at creation is in its class, the
 * others travel with each call and leave nothing behind.
 */
export function createPoolKeys(): PoolKeys {
  const salt = randomBytes(32);
  const emptyEnv = envDigest({}, salt);
  return {
    keyOf(request, sandboxClass) {
      const { env, entry, overlapping } = request.unit;
      let hasEnv = false;
      for (const _name in env) {
        hasEnv = true;
        break;
      }
      return JSON.stringify([
        sandboxClass,
        request.tenant,
        request.artifactDigest,
        entry,
        overlapping,
        permissionsKey(request.need.permissions),
        hasEnv ? envDigest(env, salt) : emptyEnv,
      ]);
    },
  };
}

function permissionsKey(permissions: Permissions): readonly unknown[] {
  const { net, netDirect, fs } = permissions;
  return [typeof net === "string" ? net : [...net].sort(), [...netDirect].sort(), fs];
}

function envDigest(env: Readonly<Record<string, string>>, salt: Uint8Array): string {
  const sorted = Object.entries(env).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return createHmac("sha256", salt).update(JSON.stringify(sorted)).digest("base64url");
}
