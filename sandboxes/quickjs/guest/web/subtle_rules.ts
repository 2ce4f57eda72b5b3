import { refuseLacking } from "../lacking.ts";

/** What the engine's extension can do; of other names only those that {@linkcode LACKING} has exist. */
const DIGESTS: ReadonlySet<string> = new Set(["SHA-1", "SHA-256", "SHA-384", "SHA-512"]);
const SECRET = {
  "HMAC": ["sign", "verify"],
  "AES-CBC": ["encrypt", "decrypt", "wrapKey", "unwrapKey"],
  "AES-CTR": ["encrypt", "decrypt", "wrapKey", "unwrapKey"],
  "AES-GCM": ["encrypt", "decrypt", "wrapKey", "unwrapKey"],
  "PBKDF2": ["deriveBits", "deriveKey"],
  "HKDF": ["deriveBits", "deriveKey"],
} as const;
const PAIRS: ReadonlySet<string> = new Set([
  ...["ECDSA", "ECDH", "X25519", "RSASSA-PKCS1-V1_5", "RSA-PSS", "RSA-OAEP"],
]);
/** Algorithms of other platforms. */
const LACKING =
  /^(?:ED25519|ED448|X448|AES-KW|AES-OCB|CHACHA20-POLY1305|ML-.*|SHA3-.*|C?SHAKE.*|T?K?MAC.*|ARGON2.*)$/;

/** An algorithm's name, in capitals. */
export function algorithmName(algorithm: unknown): string {
  const name: unknown = typeof algorithm === "object" && algorithm !== null
    ? Reflect.get(algorithm, "name")
    : algorithm;
  return String(name).toUpperCase();
}

/** @throws {DOMException} `NotSupportedError` for what nobody knows; what is lacking is refused. */
export function checkAlgorithm(method: string, algorithm: unknown): void {
  const name = algorithmName(algorithm);
  const isKnown = method === "digest"
    ? DIGESTS.has(name)
    : Object.hasOwn(SECRET, name) || PAIRS.has(name);
  if (isKnown) return;
  if (LACKING.test(name)) refuseLacking(`crypto.subtle ${name}`);
  throw new DOMException("Unrecognized algorithm name", "NotSupportedError");
}

/** @throws {DOMException} `InvalidAccessError` where the key is not for that. */
export function checkKey(
  method: string,
  { key, algorithm }: { key: unknown; algorithm: unknown },
): void {
  if (!(key instanceof CryptoKey)) throw new TypeError(`${method}: a CryptoKey is needed`);
  if (key.algorithm.name.toUpperCase() !== algorithmName(algorithm)) {
    throw new DOMException("The algorithm does not match the key's", "InvalidAccessError");
  }
  const usages: readonly string[] = key.usages;
  // What is wrapped is also encrypted, and a key is derived from bits.
  if (usages.includes(method)) return;
  throw new DOMException(
    "The requested operation is not valid for the provided key",
    "InvalidAccessError",
  );
}

/** @throws {DOMException} `SyntaxError` where a secret key is to be used for nothing or for too much. */
export function checkUsages(algorithm: unknown, usages: unknown): void {
  const name = algorithmName(algorithm);
  if (!isSecret(name)) return;
  const allowed: readonly string[] = SECRET[name];
  const asked = [...usages as Iterable<string>];
  if (asked.length > 0 && asked.every((usage) => allowed.includes(usage))) return;
  throw new DOMException("Invalid key usage", "SyntaxError");
}

/** Whether an algorithm's keys are bytes that both sides know. */
export function isSecret(name: string): name is keyof typeof SECRET {
  return Object.hasOwn(SECRET, name);
}
