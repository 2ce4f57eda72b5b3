import { createHash } from "node:crypto";
import type { ArtifactLock, FetchedModule } from "../../spec/artifact.ts";
import type { AirlockError } from "../../spec/errors.ts";
import { type ContentKind, extensionOf } from "./content_kind.ts";
import { esmError, quoted } from "./esm_error.ts";
import type { EsmLimits } from "./esm_limits.ts";

/** A module about to be stored. */
export interface StoredBytes {
  /** Absolute URL. */
  readonly href: string;
  /** Path and query: the key in the lock. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  readonly kind: ContentKind;
}

/** Keeps modules on disk under names of its own making, counts them and holds them to a lock. */
export class ModuleStore {
  /** Absolute URL → stored module. */
  readonly modules = new Map<string, FetchedModule>();
  readonly #digests = new Map<string, string>();
  readonly #options: {
    readonly directory: string;
    readonly limits: EsmLimits;
    readonly lock?: ArtifactLock;
  };
  #totalBytes = 0;

  /** @param options.directory Absolute, existing, private. */
  constructor(
    options: {
      readonly directory: string;
      readonly limits: EsmLimits;
      readonly lock?: ArtifactLock;
    },
  ) {
    this.#options = options;
  }

  /** Bytes stored and noted so far. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Path and query → `sha256-…`, sorted. */
  get lockedModules(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#digests].sort(([a], [b]) => a < b ? -1 : 1));
  }

  /** @throws {AirlockError} `artifact_failed` where the bytes exceed a limit or differ from the lock. */
  async add(module: StoredBytes): Promise<void> {
    this.note(module.path, module.bytes);
    const name = createHash("sha256").update(module.href).digest("hex");
    const file = `${this.#options.directory}/${name}${extensionOf(module.kind)}`;
    await Deno.writeFile(file, module.bytes, { createNew: true, mode: 0o600 });
    this.modules.set(module.href, { file, contentType: module.contentType });
  }

  /** Counts and locks bytes that are not stored as a module. @throws As {@linkcode add}. */
  note(path: string, bytes: Uint8Array<ArrayBuffer>): void {
    this.#totalBytes += bytes.byteLength;
    if (this.#totalBytes > this.#options.limits.totalBytes) {
      throw esmError({
        reason: "limit",
        message: `Fetch ${
          quoted(path)
        }: the package is larger than ${this.#options.limits.totalBytes} bytes`,
      }, { stage: "fetch", details: { limit: "totalBytes" } });
    }
    const digest = `sha256-${createHash("sha256").update(bytes).digest("base64")}`;
    const locked = this.#options.lock?.modules;
    if (locked !== undefined && !Object.hasOwn(locked, path)) {
      throw lockMismatch(path, "it is not in the lock");
    }
    if (locked !== undefined && locked[path] !== digest) {
      throw lockMismatch(path, "its content differs from the lock");
    }
    this.#digests.set(path, digest);
  }

  /** Whether the lock knows `path`; `false` without a lock. */
  isLocked(path: string): boolean {
    return Object.hasOwn(this.#options.lock?.modules ?? {}, path);
  }

  /** @throws {AirlockError} `artifact_failed` where something in the lock was never added. */
  assertComplete(): void {
    for (const path of Object.keys(this.#options.lock?.modules ?? {})) {
      if (!this.#digests.has(path)) {
        throw lockMismatch(path, "it is in the lock, but no longer part of the package");
      }
    }
  }
}

function lockMismatch(path: string, state: string): AirlockError {
  return esmError({ reason: "lock_mismatch", message: `Verify ${quoted(path)}: ${state}` }, {
    stage: "fetch",
    suggestion:
      "The esm origin now serves other code for this version; take the package from npm, or build it anew on purpose",
    details: { path },
  });
}
