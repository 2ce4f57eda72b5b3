import { createHash } from "node:crypto";

/** One hash of a subresource-integrity string. */
export interface Integrity {
  readonly algorithm: "sha512" | "sha384" | "sha256";
  /** Raw digest. */
  readonly digest: Uint8Array;
  /** `algorithm-base64`, alone and canonical. */
  readonly text: string;
}

const STRENGTH = ["sha512", "sha384", "sha256"] as const;
const DIGEST_BYTES = { sha512: 64, sha384: 48, sha256: 32 } as const;

/**
 * The strongest usable hash of a subresource-integrity string; `undefined` where it holds none:
 * missing, malformed, or sha1 and older only.
 */
export function parseIntegrity(value: string | undefined): Integrity | undefined {
  if (value === undefined || value.length > 1024) return undefined;
  const hashes = value.trim().split(/\s+/);
  for (const algorithm of STRENGTH) {
    for (const hash of hashes) {
      if (!hash.startsWith(`${algorithm}-`)) continue;
      const base64 = hash.slice(algorithm.length + 1).split("?")[0] ?? "";
      const digest = decode(base64);
      if (digest?.byteLength === DIGEST_BYTES[algorithm]) {
        return { algorithm, digest, text: `${algorithm}-${base64}` };
      }
    }
  }
  return undefined;
}

/** Whether `bytes` have the digest that `integrity` states. */
export function hasIntegrity(bytes: Uint8Array, integrity: Integrity): boolean {
  const actual = createHash(integrity.algorithm).update(bytes).digest();
  return actual.equals(integrity.digest);
}

function decode(base64: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  try {
    return Uint8Array.fromBase64(base64, { lastChunkHandling: "strict" });
  } catch {
    // Not canonical base64: as good as no hash.
    return undefined;
  }
}
