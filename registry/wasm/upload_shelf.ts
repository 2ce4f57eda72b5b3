import { createHash } from "node:crypto";
import { join } from "node:path";
import { AirlockError } from "../../spec/errors.ts";

/** Largest single upload: as much as all modules of one plug-in may have. */
export const MAX_UPLOAD_BYTES = 64 * 1024 * 1024;

const HEX_DIGEST = /^[0-9a-f]{64}$/;

/** Bounds of an {@linkcode UploadShelf}. */
export interface UploadShelfOptions {
  /** Absolute path of a private directory, made where absent. */
  readonly directory: string;
  /** Bytes of all uploads together; more are refused. */
  readonly maxBytes: number;
}

/**
 * Uploaded bytes on disk, each under its own SHA-256. Several processes may share one directory: a
 * file appears under its name only when it is whole, and every read is verified.
 */
export class UploadShelf {
  readonly #options: UploadShelfOptions;

  constructor(options: UploadShelfOptions) {
    this.#options = options;
  }

  /**
   * Stores bytes.
   * @returns Their SHA-256 in lower-case hex.
   * @throws {AirlockError} `payload_too_large` for one that is, `resource_limit` for a full shelf.
   */
  async put(bytes: Uint8Array): Promise<string> {
    if (bytes.length > MAX_UPLOAD_BYTES) {
      throw new AirlockError(
        "payload_too_large",
        `Storing the upload: more than ${MAX_UPLOAD_BYTES} bytes`,
        { stage: "request", details: { maxBytes: MAX_UPLOAD_BYTES } },
      );
    }
    const digest = digestOf(bytes);
    const path = this.#pathOf(digest);
    if (await this.get(digest) !== undefined) return digest;
    await this.#makeRoom(bytes.length);
    const temporary = `${path}.${crypto.randomUUID()}`;
    await Deno.writeFile(temporary, bytes, { createNew: true, mode: 0o444 });
    await Deno.rename(temporary, path);
    return digest;
  }

  /** The bytes with this digest; `undefined` where there are none, or others lie in their place. */
  async get(digest: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (!HEX_DIGEST.test(digest)) return undefined;
    try {
      const bytes = await Deno.readFile(this.#pathOf(digest));
      return digestOf(bytes) === digest ? bytes : undefined;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  async #makeRoom(bytes: number): Promise<void> {
    const { directory, maxBytes } = this.#options;
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    let heldBytes = 0;
    for await (const { name } of Deno.readDir(directory)) {
      heldBytes += await sizeOf(join(directory, name));
    }
    if (heldBytes + bytes <= maxBytes) return;
    throw new AirlockError(
      "resource_limit",
      `Storing the upload: ${maxBytes} bytes of uploads are allowed, ${heldBytes} are held`,
      {
        stage: "request",
        suggestion: "Remove uploads that are no longer needed from the gateway's data directory",
        details: { limit: "uploadBytes", allowed: maxBytes },
      },
    );
  }

  #pathOf(digest: string): string {
    return join(this.#options.directory, digest);
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    // Another process has just given it its final name.
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

/** SHA-256 in lower-case hex. */
export function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
