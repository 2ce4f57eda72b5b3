import type { RegistryTarget } from "../npm/npm_config.ts";
import { readJson } from "./read_json.ts";
import { syncError } from "./sync_error.ts";
import type { SyncHttp } from "./sync_http.ts";
import type { SyncLimits } from "./sync_limits.ts";

/** GitHub's API of repositories, or one like it. */
export interface StarsApi {
  /** Its authorization is sent with every request below its URL. */
  readonly target: RegistryTarget;
  readonly http: SyncHttp;
  readonly limits: SyncLimits;
}

/**
 * Stars of `owner/name`; `undefined` where there is no such repository.
 * @throws {AirlockError} `upstream_failed`.
 */
export async function readStars(
  { target, http, limits }: StarsApi,
  { repository, signal }: { readonly repository: string; readonly signal: AbortSignal },
): Promise<number | undefined> {
  const what = `stars of ${repository}`;
  const url = new URL(`repos/${repository}`, target.url);
  const headers = { accept: "application/vnd.github+json" };
  const maxBytes = limits.manifestBytes;
  const answer = await http.get({ what, target, url, maxBytes, headers }, signal);
  if (answer.kind !== "found") return undefined;
  const { stargazers_count: stars } = readJson(answer.bytes, what);
  if (typeof stars === "number" && Number.isInteger(stars) && stars >= 0) {
    return stars;
  }
  throw syncError(`read ${what}: no number`, { retryable: false });
}
