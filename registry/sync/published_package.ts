import semver from "semver";
import type { DeclaredNeeds } from "../../spec/artifact.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../spec/json.ts";
import type { EnvDeclaration, ToolDefinition } from "../../spec/tool.ts";
import { cleanText } from "./clean_text.ts";
import { repositoryOf } from "./repository_of.ts";
import { syncError } from "./sync_error.ts";

/** What a `package.json` says of the tools in it. */
export interface DeclaredPackage {
  readonly category: string | null;
  readonly tools: readonly ToolDefinition[];
  readonly env: readonly EnvDeclaration[];
  readonly needs: DeclaredNeeds;
}

/** Reads the fields of a `package.json` that are for us; wrong ones say nothing. */
export type ReadDeclared = (packageJson: JsonObject) => DeclaredPackage;

/** The newest version of a package, as its registry tells it without the code. */
export interface PublishedPackage {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly keywords: readonly string[];
  /** `owner/name`. */
  readonly repository: string | null;
  readonly integrity: string | null;
  readonly publishedAt: Date | null;
  /** By the registry's clock; `null` where it does not say. */
  readonly modifiedAt: Date | null;
  /** All versions there are; `null` where only this one was read. */
  readonly versions: ReadonlySet<string> | null;
  readonly declared: DeclaredPackage;
}

/** Options of the readers of {@linkcode PublishedPackage}. */
export interface ReadPublishedOptions {
  readonly name: string;
  readonly readDeclared: ReadDeclared;
  /** Bytes kept of what the package declares. */
  readonly declaredBytes: number;
}

const MAX_DESCRIPTION_CHARACTERS = 4_000;
const MAX_KEYWORDS = 50;
const MAX_KEYWORD_CHARACTERS = 100;
const MAX_VERSION_CHARACTERS = 128;
const MAX_INTEGRITY_CHARACTERS = 512;

/**
 * The newest version that a packument has: the one that `latest` names, else the highest.
 * @returns `undefined` where it has none.
 * @throws {AirlockError} `upstream_failed` for what is no packument of that package.
 */
export function fromPackument(
  packument: JsonObject,
  options: ReadPublishedOptions,
): PublishedPackage | undefined {
  const { versions, time, "dist-tags": tags } = packument;
  // What is left of a package that was withdrawn has times, and no versions.
  if (versions === undefined && isJsonObject(time)) return undefined;
  if (!isJsonObject(versions) || packument["name"] !== options.name) throw notIt(options.name);
  const names = Object.keys(versions).filter(isVersion);
  const latest = isJsonObject(tags) ? tags["latest"] : undefined;
  const version = typeof latest === "string" && names.includes(latest)
    ? latest
    : semver.maxSatisfying(names, "*") ?? names.toSorted(semver.compare).at(-1);
  const manifest = version === undefined ? undefined : versions[version];
  if (manifest === undefined) return undefined;
  const times = isJsonObject(time) ? time : {};
  return {
    ...fromManifest(manifest, options),
    publishedAt: dateOf(times[version!]),
    modifiedAt: dateOf(times["modified"]),
    versions: new Set(names),
  };
}

/**
 * One version, as its registry gives it by itself.
 * @throws {AirlockError} `upstream_failed` for what is no manifest of that package.
 */
export function fromManifest(
  manifest: JsonValue,
  { name, readDeclared, declaredBytes }: ReadPublishedOptions,
): PublishedPackage {
  const version = isJsonObject(manifest) ? manifest["version"] : undefined;
  if (!isJsonObject(manifest) || !isVersion(version) || manifest["name"] !== name) {
    throw notIt(name);
  }
  const { dist, description, repository } = manifest;
  const integrity = isJsonObject(dist) ? dist["integrity"] : undefined;
  return {
    name,
    version,
    description: textOf(description, MAX_DESCRIPTION_CHARACTERS),
    keywords: keywordsOf(manifest),
    repository: repositoryOf(repository),
    integrity: textOf(integrity, MAX_INTEGRITY_CHARACTERS) || null,
    publishedAt: null,
    modifiedAt: null,
    versions: null,
    declared: bounded(readDeclared(cleanText(manifest, name)), { name, declaredBytes }),
  };
}

/** The keywords of a `package.json`, some of them where there are very many. */
export function keywordsOf({ keywords }: JsonObject): string[] {
  const list: readonly JsonValue[] = Array.isArray(keywords) ? keywords : [];
  const words = list.slice(0, MAX_KEYWORDS).map((word) => textOf(word, MAX_KEYWORD_CHARACTERS));
  return [...new Set(words.filter((word) => word !== ""))];
}

/** Names of tools that are there twice say nothing the second time. */
function bounded(
  declared: DeclaredPackage,
  { name, declaredBytes }: Pick<ReadPublishedOptions, "name" | "declaredBytes">,
): DeclaredPackage {
  const tools = [...new Map(declared.tools.toReversed().map((tool) => [tool.name, tool])).values()]
    .toReversed();
  if (JSON.stringify(tools).length <= declaredBytes) return { ...declared, tools };
  throw syncError(`read ${name}: it declares more than ${declaredBytes} bytes`, {
    retryable: false,
  });
}

function isVersion(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_VERSION_CHARACTERS &&
    semver.valid(value) === value;
}

function textOf(value: JsonValue | undefined, maxCharacters: number): string {
  if (typeof value !== "string") return "";
  return value.slice(0, maxCharacters).replaceAll("\0", "").toWellFormed();
}

function dateOf(value: JsonValue | undefined): Date | null {
  const ms = typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isNaN(ms) || ms < 0 ? null : new Date(ms);
}

function notIt(name: string): Error {
  return syncError(`read ${name}: not what a registry says of it`, { retryable: false });
}
