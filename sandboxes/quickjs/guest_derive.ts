import { hkdfSync, pbkdf2Sync, scryptSync } from "node:crypto";

/** Bytes of the longest key. */
const MAX_KEY_BYTES = 64 * 1024;

/** What keys are derived from. */
export interface DeriveData {
  readonly secret: Uint8Array;
  readonly salt: Uint8Array;
  /** Of HKDF. */
  readonly info: Uint8Array;
}

/**
 * A key from a secret: `{ kind, bytes, digest, iterations }` and the costs of scrypt; `null` where
 * it cannot be made. How long it takes is bounded by the call's deadline, which ends the process.
 */
export function deriveKey(json: string, { secret, salt, info }: DeriveData): Uint8Array | null {
  try {
    const { kind, bytes, digest, iterations, cost, blockSize, parallelization }: Readonly<
      Record<string, unknown>
    > = JSON.parse(json);
    const length = Number(bytes);
    if (!Number.isInteger(length) || length < 0 || length > MAX_KEY_BYTES) return null;
    switch (kind) {
      case "pbkdf2":
        return new Uint8Array(
          pbkdf2Sync(secret, salt, Number(iterations), length, String(digest)),
        );
      case "hkdf":
        return new Uint8Array(hkdfSync(String(digest), secret, salt, info, length));
      case "scrypt":
        return new Uint8Array(scryptSync(secret, salt, length, {
          N: Number(cost),
          r: Number(blockSize),
          p: Number(parallelization),
        }));
      default:
        return null;
    }
  } catch {
    // Parameters that the library refuses, such as a digest that there is not.
    return null;
  }
}
