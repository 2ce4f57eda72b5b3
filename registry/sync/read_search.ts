import { isJsonObject, type JsonValue } from "../../spec/json.ts";
import type { RegistryTarget } from "../npm/npm_config.ts";
import { readJson } from "./read_json.ts";
import { syncError } from "./sync_error.ts";
import type { SyncHttp } from "./sync_http.ts";
import type { SyncLimits } from "./sync_limits.ts";

/** A package that a search found. */
export interface Found {
  readonly name: string;
  /** Its newest version; `null` where the search does not say. */
  readonly version: string | null;
}

/** A registry's search. */
export interface RegistrySearch {
  readonly target: RegistryTarget;
  readonly http: SyncHttp;
  readonly limits: SyncLimits;
}

/**
 * Packages with a keyword, a page of them. How many there are in all is not asked: registries do not
 * know it well. `undefined` where the registry has no search.
 * @throws {AirlockError} `upstream_failed`.
 */
export async function readSearch(
  { target, http, limits }: RegistrySearch,
  { keyword, from, signal }: {
    readonly keyword: string;
    readonly from: number;
    readonly signal: AbortSignal;
  },
): Promise<readonly Found[] | undefined> {
  const url = new URL("-/v1/search", target.url);
  url.searchParams.set("text", `keywords:${keyword}`);
  url.searchParams.set("size", String(limits.searchSize));
  url.searchParams.set("from", String(from));
  const what = "search";
  const answer = await http.get({ what, target, url, maxBytes: limits.pageBytes }, signal);
  if (answer.kind === "missing") return undefined;
  if (answer.bytes.byteLength === 0) return [];
  const { objects } = readJson(answer.bytes, what);
  if (!Array.isArray(objects)) throw syncError("read search: it is none", { retryable: false });
  return objects.slice(0, limits.searchSize).flatMap(foundOf);
}

function foundOf(value: JsonValue): Found[] {
  const found = isJsonObject(value) ? value["package"] : undefined;
  if (found === undefined || !isJsonObject(found)) return [];
  const { name, version } = found;
  if (typeof name !== "string") return [];
  return [{ name, version: typeof version === "string" ? version : null }];
}
