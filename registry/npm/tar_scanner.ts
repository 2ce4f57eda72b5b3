import { readPaxRecords } from "./pax_records.ts";
import { readTarHeader, TAR_BLOCK_BYTES, type TarHeader } from "./tar_header.ts";

/** Bounds on one archive. */
export interface TarScanLimits {
  readonly maxBytes: number;
  readonly maxFiles: number;
  readonly maxPathBytes: number;
}

/** Why an archive must not be unpacked: a short phrase for a message. */
export class TarRefusal extends Error {
  override readonly name = "TarRefusal";
}

/** Longer extended headers hold nothing that a package needs. */
const MAX_META_BYTES = 64 * 1024;
const META_TYPES = new Set(["x", "g", "L", "K"]);

/** Extended keys that would make two readers see two different archives. */
const CONFUSING_KEYS = /^(GNU\.sparse\..*|SCHILY\.(realsize|filetype))$/;

const TWO_SIZES = "an entry with two sizes";

/**
 * Reads an unpacked tar stream as it arrives, keeps nothing of it, and throws at the first thing
 * that an npm package has no business to contain. Stricter than any unpacker: whatever this accepts,
 * an unpacker can only read in one way.
 */
export class TarScanner {
  readonly #limits: TarScanLimits;
  readonly #block = new Uint8Array(TAR_BLOCK_BYTES);
  #filled = 0;
  #skipBytes = 0;
  #meta: { readonly type: string; readonly body: Uint8Array; filled: number } | undefined;
  #longPath: string | undefined;
  #longLink: string | undefined;
  /** The size that extended headers give the next entry. */
  #statedSize: string | undefined;
  #zeroBlocks = 0;
  #bytes = 0;
  #files = 0;

  constructor(limits: TarScanLimits) {
    this.#limits = limits;
  }

  /** Bytes seen, headers and padding included. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Entries seen. */
  get files(): number {
    return this.#files;
  }

  /** @throws {TarRefusal} */
  push(chunk: Uint8Array): void {
    this.#bytes += chunk.byteLength;
    if (this.#bytes > this.#limits.maxBytes) throw new TarRefusal("too large when unpacked");
    for (let offset = 0; offset < chunk.byteLength;) {
      offset += this.#take(chunk.subarray(offset));
    }
  }

  /** To be called at the end of the stream. @throws {TarRefusal} */
  finish(): void {
    const midEntry = this.#skipBytes > 0 || this.#filled > 0 || this.#meta !== undefined;
    if (midEntry || this.#files === 0) throw new TarRefusal("it ends too early");
  }

  #take(bytes: Uint8Array): number {
    if (this.#meta !== undefined) return this.#takeMeta(this.#meta, bytes);
    if (this.#skipBytes > 0) {
      const taken = Math.min(this.#skipBytes, bytes.byteLength);
      this.#skipBytes -= taken;
      return taken;
    }
    const taken = Math.min(TAR_BLOCK_BYTES - this.#filled, bytes.byteLength);
    this.#block.set(bytes.subarray(0, taken), this.#filled);
    this.#filled += taken;
    if (this.#filled === TAR_BLOCK_BYTES) {
      this.#filled = 0;
      this.#header();
    }
    return taken;
  }

  #takeMeta(meta: { body: Uint8Array; type: string; filled: number }, bytes: Uint8Array): number {
    const taken = Math.min(meta.body.byteLength - meta.filled, bytes.byteLength);
    meta.body.set(bytes.subarray(0, taken), meta.filled);
    meta.filled += taken;
    if (meta.filled === meta.body.byteLength) this.#endMeta(meta);
    return taken;
  }

  #header(): void {
    if (this.#block.every((byte) => byte === 0)) {
      this.#zeroBlocks++;
      return;
    }
    if (this.#zeroBlocks > 0) throw new TarRefusal("it goes on after its end");
    const header = readTarHeader(this.#block);
    if (header === undefined) throw new TarRefusal("a damaged header");
    if (++this.#files > this.#limits.maxFiles) throw new TarRefusal("too many files");
    if (META_TYPES.has(header.type)) return this.#startMeta(header);
    this.#checkEntry(header);
    this.#longPath = undefined;
    this.#longLink = undefined;
    this.#statedSize = undefined;
    this.#skipBytes = padded(header.sizeBytes);
  }

  #startMeta({ type, sizeBytes }: TarHeader): void {
    if (sizeBytes > MAX_META_BYTES) throw new TarRefusal("an extended header that is too long");
    this.#meta = { type, body: new Uint8Array(sizeBytes), filled: 0 };
    if (sizeBytes === 0) this.#endMeta(this.#meta);
  }

  #endMeta({ type, body }: { type: string; body: Uint8Array }): void {
    this.#meta = undefined;
    this.#skipBytes = padded(body.byteLength) - body.byteLength;
    if (type === "L") this.#longPath = cString(body);
    else if (type === "K") this.#longLink = cString(body);
    else this.#pax(type, body);
  }

  #pax(type: string, body: Uint8Array): void {
    const records = readPaxRecords(body);
    if (records === undefined) throw new TarRefusal("a damaged extended header");
    if ([...records.keys()].some((key) => CONFUSING_KEYS.test(key))) {
      throw new TarRefusal("an extended header that changes how the archive is read");
    }
    if (type === "g") {
      if (records.has("size")) throw new TarRefusal("a global header that resizes entries");
      if (records.has("path") || records.has("linkpath")) {
        throw new TarRefusal("a global header that renames entries");
      }
      return;
    }
    const statedSize = records.get("size");
    if (this.#statedSize !== undefined && statedSize !== this.#statedSize) {
      throw new TarRefusal(TWO_SIZES);
    }
    this.#statedSize = statedSize;
    this.#longPath = records.get("path") ?? this.#longPath;
    this.#longLink = records.get("linkpath") ?? this.#longLink;
  }

  #checkEntry(header: TarHeader): void {
    // Packers of old wrote the size twice. Readers differ in which one they believe.
    if (this.#statedSize !== undefined && this.#statedSize !== String(header.sizeBytes)) {
      throw new TarRefusal(TWO_SIZES);
    }
    checkPath(this.#longPath ?? header.path, this.#limits.maxPathBytes);
    if (header.type === "0") return;
    if (header.sizeBytes > 0) throw new TarRefusal("an entry of an odd kind with content");
    if (header.type === "5") return;
    // npm and Deno leave links out when unpacking. One that stays inside is merely useless.
    if (header.type === "1" || header.type === "2") {
      return checkLink(this.#longLink ?? header.linkTarget);
    }
    throw new TarRefusal("a device, pipe or other special file");
  }
}

function padded(sizeBytes: number): number {
  return Math.ceil(sizeBytes / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
}

function cString(body: Uint8Array): string {
  const end = body.indexOf(0);
  return new TextDecoder().decode(end === -1 ? body : body.subarray(0, end));
}

function checkPath(path: string, maxBytes: number): void {
  if (new TextEncoder().encode(path).byteLength > maxBytes) {
    throw new TarRefusal("a path that is too long");
  }
  if (path === "" || path.includes("\0")) throw new TarRefusal("an entry without a usable name");
  if (isAbsolute(path)) throw new TarRefusal("an absolute path");
  if (climbs(path)) throw new TarRefusal("a path that leaves the package");
}

function checkLink(target: string): void {
  if (isAbsolute(target) || climbs(target)) throw new TarRefusal("a link that leaves the package");
}

function isAbsolute(path: string): boolean {
  return /^([/\\]|[A-Za-z]:)/.test(path);
}

function climbs(path: string): boolean {
  return path.split(/[/\\]/).includes("..");
}
