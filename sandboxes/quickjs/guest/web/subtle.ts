import { refuseLacking } from "../lacking.ts";
import { algorithmName, checkAlgorithm, checkKey, checkUsages, isSecret } from "./subtle_rules.ts";

type Method = (...args: unknown[]) => Promise<unknown>;

/** Methods whose first two arguments are an algorithm and a key. */
const WITH_KEY: ReadonlySet<string> = new Set([
  ...["sign", "verify", "encrypt", "decrypt", "deriveBits", "deriveKey"],
]);

/**
 * Makes `crypto.subtle` of the engine answer as the standard has it: errors by their names, and JSON
 * Web Keys of secrets. `onSecure` is told of keys that are drawn: one that is drawn while a module
 * loads would be part of every snapshot.
 */
export function installSubtle(onSecure: () => void): void {
  const { subtle } = globalThis.crypto;
  const holder: object = Object.hasOwn(subtle, "digest") ? subtle : Object.getPrototypeOf(subtle);
  const native = (name: string): Method => {
    const method: Method = Reflect.get(subtle, name);
    return async (...args) => {
      try {
        return await Reflect.apply(method, subtle, args);
      } catch (error) {
        if (error instanceof DOMException || error instanceof TypeError) throw error;
        const isImport = name === "importKey" || name === "unwrapKey";
        throw new DOMException(
          error instanceof Error ? error.message : "The operation failed",
          isImport ? "DataError" : "OperationError",
        );
      }
    };
  };
  const methods: Record<string, Method> = {};
  for (
    const name of ["digest", "sign", "verify", "encrypt", "decrypt", "deriveBits", "deriveKey"]
  ) {
    const run = native(name);
    methods[name] = async (algorithm, key, ...rest) => {
      checkAlgorithm(name, algorithm);
      if (WITH_KEY.has(name)) checkKey(name, { key, algorithm });
      return await run(algorithm, key, ...rest);
    };
  }
  const generate = native("generateKey");
  methods.generateKey = async (algorithm, ...rest) => {
    onSecure();
    checkAlgorithm("generateKey", algorithm);
    return await generate(algorithm, ...rest);
  };
  const importRaw = native("importKey");
  // style-ok parameters: the signature is that of the standard.
  methods.importKey = async (format, data, algorithm, extractable, usages) => {
    checkAlgorithm("importKey", algorithm);
    checkUsages(algorithm, usages);
    if (format !== "jwk") return await importRaw(format, data, algorithm, extractable, usages);
    if (!isSecret(algorithmName(algorithm))) refuseLacking("crypto.subtle JWK of a key pair");
    return await importRaw("raw", secretOf(data), algorithm, extractable, usages);
  };
  const exportRaw = native("exportKey");
  methods.exportKey = async (format, key) => {
    if (!(key instanceof CryptoKey)) throw new TypeError("exportKey: a CryptoKey is needed");
    if (!key.extractable) throw new DOMException("Key is not extractable", "InvalidAccessError");
    if (format !== "jwk") return await exportRaw(format, key);
    if (!isSecret(algorithmName(key.algorithm))) refuseLacking("crypto.subtle JWK of a key pair");
    const bytes = new Uint8Array(await exportRaw("raw", key) as ArrayBuffer);
    return {
      ...{ kty: "oct", k: base64Url(bytes), alg: joseName(key, bytes), key_ops: [...key.usages] },
      ext: true,
    };
  };
  for (const name of ["wrapKey", "unwrapKey"]) {
    const run = native(name);
    methods[name] = async (...args) => {
      // Both have the algorithm in the fourth place.
      checkAlgorithm(name, args[3]);
      return await run(...args);
    };
  }
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(value, "name", { value: name, configurable: true });
    Object.defineProperty(holder, name, { value, writable: true, configurable: true });
  }
}

function secretOf(data: unknown): Uint8Array<ArrayBuffer> {
  const key = Object(data) as JsonWebKey;
  if (key.kty !== "oct" || typeof key.k !== "string" || !/^[\w-]*$/.test(key.k)) {
    throw new DOMException("The key is not a JSON Web Key of a secret", "DataError");
  }
  const text = atob(key.k.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function base64Url(bytes: Uint8Array): string {
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Of RFC 7518: `HS256`, `A128GCM`. */
function joseName({ algorithm }: CryptoKey, bytes: Uint8Array): string {
  const { name, hash } = algorithm as { readonly name: string; readonly hash?: { name: string } };
  if (name === "HMAC") return `HS${hash?.name === "SHA-1" ? "1" : hash?.name.slice(4)}`;
  return `A${bytes.byteLength * 8}${name.slice(4)}`;
}
