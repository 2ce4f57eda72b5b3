import { isJsonObject, type JsonValue } from "../../spec/json.ts";
import type { RegistryTarget } from "../npm/npm_config.ts";
import { readJson } from "./read_json.ts";
import type { SyncHttp } from "./sync_http.ts";
import type { SyncLimits } from "./sync_limits.ts";

/** npm's API of download counts, or one like it. */
export interface DownloadsApi {
  readonly target: RegistryTarget;
  readonly http: SyncHttp;
  readonly limits: SyncLimits;
}

/**
 * Downloads of the last week by name; names of which the API knows nothing are left out. Several
 * names are asked for at once where they have no scope: the API takes those one by one.
 * @throws {AirlockError} `upstream_failed`.
 */
export async function readDownloads(
  { target, http, limits }: DownloadsApi,
  { names, signal }: { readonly names: readonly string[]; readonly signal: AbortSignal },
): Promise<Map<string, number>> {
  const what = "downloads";
  const list = names.map((name) => name.replace("/", "%2f")).join(",");
  const url = new URL(`point/last-week/${list}`, target.url);
  const answer = await http.get({ what, target, url, maxBytes: limits.pageBytes }, signal);
  const counts = new Map<string, number>();
  if (answer.kind !== "found") return counts;
  const body = readJson(answer.bytes, what);
  for (const name of names) {
    // Of one name the answer is about it, of several it has a part for each.
    const part = names.length === 1 && !Object.hasOwn(body, name) ? body : body[name];
    const count = countOf(part, name);
    if (count !== undefined) counts.set(name, count);
  }
  return counts;
}

function countOf(part: JsonValue | undefined, name: string): number | undefined {
  if (part === undefined || !isJsonObject(part)) return undefined;
  const { downloads, package: about = name } = part;
  const isCount = typeof downloads === "number" && Number.isInteger(downloads) && downloads >= 0;
  return isCount && about === name ? downloads : undefined;
}
