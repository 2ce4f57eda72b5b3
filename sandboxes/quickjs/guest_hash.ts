import { createHash, createHmac } from "node:crypto";

/** The digest of `bytes`, or its HMAC where there is a key; `null` for other algorithms. */
export function computeHash(
  algorithm: string,
  { key, bytes }: { readonly key: Uint8Array | null; readonly bytes: Uint8Array },
): Uint8Array | null {
  try {
    const hash = key === null ? createHash(algorithm) : createHmac(algorithm, key);
    return new Uint8Array(hash.update(bytes).digest());
  } catch {
    // There is no such algorithm; the instance says so.
    return null;
  }
}
