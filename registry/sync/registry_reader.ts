import { AirlockError } from "../../spec/errors.ts";
import type { NpmConfig } from "../npm/npm_config.ts";
import {
  fromManifest,
  fromPackument,
  keywordsOf,
  type PublishedPackage,
  type ReadDeclared,
} from "./published_package.ts";
import { readJson } from "./read_json.ts";
import { syncError } from "./sync_error.ts";
import type { SyncHttp } from "./sync_http.ts";
import type { SyncLimits } from "./sync_limits.ts";

/** What a registry has of a package; `unchanged` where it is what the entity tag stands for. */
export type Reading =
  | {
    readonly kind: "published";
    readonly published: PublishedPackage;
    readonly etag: string | null;
  }
  | { readonly kind: "unchanged" }
  | { readonly kind: "gone" };

/** Options of {@linkcode RegistryReader}. */
export interface RegistryReaderOptions {
  readonly http: SyncHttp;
  readonly npm: NpmConfig;
  readonly readDeclared: ReadDeclared;
  readonly limits: SyncLimits;
}

/** Keywords by which a package says that it has tools. */
export const TOOL_KEYWORDS: readonly string[] = ["tpmjs", "airlock"];

/** Reads packages from the registries of npm's configuration. */
export class RegistryReader {
  readonly #options: RegistryReaderOptions;

  constructor(options: RegistryReaderOptions) {
    this.#options = options;
  }

  /**
   * Whether a package comes from where most come. A scope with a registry of its own is somebody's
   * alone, and nothing of it belongs into a catalog that everybody reads.
   */
  isShared(name: string): boolean {
    const { npm } = this.#options;
    return npm.registryFor(name).url.href === npm.registryFor("airlock").url.href;
  }

  /**
   * The newest version of a package.
   * @throws {AirlockError} `upstream_failed`, retryable where the registry is in trouble.
   */
  async read(
    name: string,
    { signal, etag }: { readonly signal: AbortSignal; readonly etag?: string },
  ): Promise<Reading> {
    const { http, npm, limits } = this.#options;
    const what = `packument of ${name}`;
    const target = npm.registryFor(name);
    const headers: Record<string, string> = etag === undefined ? {} : { "if-none-match": etag };
    const url = new URL(name.replace("/", "%2f"), target.url);
    try {
      const maxBytes = limits.packumentBytes;
      const answer = await http.get({ what, target, url, maxBytes, headers }, signal);
      if (answer.kind === "unchanged") return { kind: "unchanged" };
      if (answer.kind === "missing") return { kind: "gone" };
      const published = fromPackument(readJson(answer.bytes, what), this.#parts(name));
      return published === undefined
        ? { kind: "gone" }
        : { kind: "published", published, etag: answer.etag };
    } catch (error) {
      if (!(error instanceof AirlockError && error.code === "resource_limit")) throw error;
      const manifest = await this.#newest(name, signal);
      if (manifest === undefined) throw error;
      const published = fromManifest(manifest, this.#parts(name));
      return { kind: "published", published, etag: null };
    }
  }

  /**
   * Whether the newest version says that it has tools. Asks for that version alone, which most often
   * is a small part of all that a registry has of a package.
   * @throws {AirlockError} as {@linkcode read}.
   */
  async hasTools(name: string, signal: AbortSignal): Promise<boolean> {
    const manifest = await this.#newest(name, signal);
    if (manifest !== undefined) return saysTools(keywordsOf(manifest));
    const reading = await this.read(name, { signal });
    return reading.kind === "published" && saysTools(reading.published.keywords);
  }

  async #newest(name: string, signal: AbortSignal) {
    const { http, npm, limits: { manifestBytes: maxBytes } } = this.#options;
    const target = npm.registryFor(name);
    const what = `newest version of ${name}`;
    const url = new URL(`${name.replace("/", "%2f")}/latest`, target.url);
    const answer = await http.get({ what, target, url, maxBytes }, signal);
    if (answer.kind !== "found") return undefined;
    const manifest = readJson(answer.bytes, what);
    if (manifest["name"] === name) return manifest;
    throw syncError(`read ${what}: it is about something else`, { retryable: false });
  }

  #parts(name: string) {
    const { readDeclared, limits: { declaredBytes } } = this.#options;
    return { name, readDeclared, declaredBytes };
  }
}

/** Whether one of the keywords is one of {@linkcode TOOL_KEYWORDS}. */
export function saysTools(keywords: readonly string[]): boolean {
  return keywords.some((keyword) => TOOL_KEYWORDS.includes(keyword.toLowerCase()));
}
