// style-ok parameters: the signatures are those of node:crypto.
// style-ok jsdoc: each export is the function of node:crypto that its name says.
/** The part of `node:crypto` that pure packages use: digests, HMACs, random values. */
import { Buffer } from "node:buffer";
import type { HostBridge } from "../host_bridge.ts";

declare const airlockHash: HostBridge["hash"];
declare const airlockDerive: HostBridge["derive"];
const hashBytes = airlockHash;
const derive = airlockDerive;
const MAX_RANDOM_BYTES = 65_536;

type Data = string | ArrayBufferView;

class Hash {
  readonly #algorithm: string;
  readonly #key: Uint8Array | null;
  readonly #pieces: Uint8Array[] = [];
  #isDone = false;

  constructor(algorithm: string, key: Uint8Array | null) {
    this.#algorithm = algorithm;
    this.#key = key;
    if (compute(algorithm, { key, bytes: new Uint8Array(0) }) === undefined) {
      throw new Error("Digest method not supported");
    }
  }

  update(data: Data, encoding?: BufferEncoding): this {
    if (this.#isDone) throw new Error("Digest already called");
    this.#pieces.push(bytesOf(data, encoding));
    return this;
  }

  digest(encoding?: BufferEncoding | "buffer"): unknown {
    if (this.#isDone) throw new Error("Digest already called");
    this.#isDone = true;
    const bytes = Buffer.concat(this.#pieces);
    const digest = Buffer.from(compute(this.#algorithm, { key: this.#key, bytes })!);
    return encoding === undefined || encoding === "buffer" ? digest : digest.toString(encoding);
  }

  copy(): Hash {
    const copy = new Hash(this.#algorithm, this.#key);
    for (const piece of this.#pieces) copy.update(piece);
    return copy;
  }
}

function compute(
  algorithm: string,
  { key, bytes }: { readonly key: Uint8Array | null; readonly bytes: Uint8Array },
): Uint8Array | undefined {
  return hashBytes(String(algorithm), key ?? new Uint8Array(0), key !== null, bytes);
}

function bytesOf(data: Data, encoding?: BufferEncoding): Uint8Array {
  if (typeof data === "string") return Buffer.from(data, encoding);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
}

export function createHash(algorithm: string): Hash {
  return new Hash(algorithm, null);
}

export function createHmac(algorithm: string, key: Data): Hash {
  return new Hash(algorithm, bytesOf(key));
}

export function hash(
  algorithm: string,
  data: Data,
  encoding: BufferEncoding | "buffer" = "hex",
): unknown {
  return createHash(algorithm).update(data).digest(encoding);
}

type Ready = (error: Error | null, key?: Uint8Array) => void;

interface ScryptOptions {
  readonly N?: number;
  readonly r?: number;
  readonly p?: number;
  readonly cost?: number;
  readonly blockSize?: number;
  readonly parallelization?: number;
}

export function pbkdf2Sync(
  secret: Data,
  salt: Data,
  iterations: number,
  bytes: number,
  digest: string,
): Uint8Array {
  return derived({ kind: "pbkdf2", bytes, digest, iterations }, [secret, salt]);
}

export function pbkdf2(...args: [...Parameters<typeof pbkdf2Sync>, Ready]): void {
  const [secret, salt, iterations, bytes, digest, ready] = args;
  later(() => pbkdf2Sync(secret, salt, iterations, bytes, digest), ready);
}

export function scryptSync(
  secret: Data,
  salt: Data,
  bytes: number,
  { N, r, p, cost, blockSize, parallelization }: ScryptOptions = {},
): Uint8Array {
  const costs = {
    cost: cost ?? N ?? 16_384,
    blockSize: blockSize ?? r ?? 8,
    parallelization: parallelization ?? p ?? 1,
  };
  return derived({ kind: "scrypt", bytes, ...costs }, [secret, salt]);
}

export function scrypt(
  secret: Data,
  salt: Data,
  bytes: number,
  options: ScryptOptions | Ready,
  ready?: Ready,
): void {
  const isShort = typeof options === "function";
  const given = isShort ? {} : options;
  later(() => scryptSync(secret, salt, bytes, given), isShort ? options : ready);
}

export function hkdfSync(
  digest: string,
  secret: Data,
  salt: Data,
  info: Data,
  bytes: number,
): ArrayBuffer {
  return new Uint8Array(derived({ kind: "hkdf", bytes, digest }, [secret, salt, info])).buffer;
}

function derived(
  how: Readonly<Record<string, unknown>>,
  [secret, salt, info = ""]: readonly [Data, Data, Data?],
): Uint8Array {
  const key = derive(JSON.stringify(how), bytesOf(secret), bytesOf(salt), bytesOf(info));
  if (key === undefined) throw new RangeError(`Invalid parameters for ${String(how.kind)}`);
  return Buffer.from(key);
}

function later(make: () => Uint8Array, ready: Ready | undefined): void {
  if (typeof ready !== "function") throw new TypeError("The callback must be a function");
  let outcome: [Error | null, Uint8Array?];
  try {
    outcome = [null, make()];
  } catch (error) {
    outcome = [error instanceof Error ? error : new Error("it failed")];
  }
  setTimeout(() => ready(...outcome), 0);
}

export function randomBytes(
  size: number,
  callback?: (error: null, bytes: Uint8Array) => void,
): Uint8Array | undefined {
  const bytes = Buffer.alloc(size);
  randomFillSync(bytes);
  if (callback === undefined) return bytes;
  setTimeout(() => callback(null, bytes), 0);
  return undefined;
}

export function randomFillSync<View extends Uint8Array>(view: View): View {
  for (let at = 0; at < view.byteLength; at += MAX_RANDOM_BYTES) {
    globalThis.crypto.getRandomValues(
      new Uint8Array(
        view.buffer as ArrayBuffer,
        view.byteOffset + at,
        Math.min(MAX_RANDOM_BYTES, view.byteLength - at),
      ),
    );
  }
  return view;
}

export function randomInt(from: number, to?: number): number {
  const [least, most] = to === undefined ? [0, from] : [from, to];
  const span = most - least;
  if (!Number.isSafeInteger(span) || span <= 0) throw new RangeError("The range is empty");
  const limit = Number.MAX_SAFE_INTEGER - (Number.MAX_SAFE_INTEGER % span);
  for (;;) {
    const [high, low] = globalThis.crypto.getRandomValues(new Uint32Array(2));
    const drawn = (high! & 0x1fffff) * 2 ** 32 + low!;
    if (drawn < limit) return least + (drawn % span);
  }
}

export function randomUUID(): string {
  return globalThis.crypto.randomUUID();
}

export function getRandomValues<View extends ArrayBufferView<ArrayBuffer>>(view: View): View {
  return globalThis.crypto.getRandomValues(view);
}

export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.byteLength !== b.byteLength) {
    throw new RangeError("Input buffers must have the same byte length");
  }
  let difference = 0;
  for (let index = 0; index < a.byteLength; index++) difference |= a[index]! ^ b[index]!;
  return difference === 0;
}

export function getHashes(): string[] {
  return ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"];
}

export const webcrypto = globalThis.crypto;
export const subtle = globalThis.crypto.subtle;

export default {
  createHash,
  createHmac,
  getHashes,
  getRandomValues,
  hash,
  hkdfSync,
  pbkdf2,
  pbkdf2Sync,
  randomBytes,
  randomFillSync,
  randomInt,
  randomUUID,
  scrypt,
  scryptSync,
  subtle,
  timingSafeEqual,
  webcrypto,
};
