import { isJsonObject, type JsonObject, type JsonValue } from "../../spec/json.ts";
import type { AnySql } from "../database/database.ts";
import { type Found, readSearch, type RegistrySearch } from "./read_search.ts";
import { recordNames, type RecordTools } from "./record_names.ts";
import { TOOL_KEYWORDS } from "./registry_reader.ts";
import { retryNames } from "./retry_names.ts";
import { NO_COUNTS, type RunJob, type SyncRun } from "./sync_job.ts";
import { walkWatched } from "./walk_watched.ts";

/** Options of {@linkcode syncKeyword}. */
export interface SyncKeywordOptions extends RecordTools {
  readonly search: RegistrySearch;
}

/** How far a pass is: in the results for a keyword, or in the watch list. */
interface Place {
  readonly keyword: string;
  readonly from: number;
  readonly watched: string;
}

const WATCHED = "";
const FIRST: Place = { keyword: TOOL_KEYWORDS[0]!, from: 0, watched: "" };

/**
 * Goes through the results of a registry's search for each keyword, and reads packages of which it
 * shows a version that is not known. Where there is no search, or it finds nothing at all, watched
 * packages are asked for instead. What the search says of how much there is, is not believed.
 */
export function syncKeyword(options: SyncKeywordOptions): RunJob {
  return async (run) => {
    await retryNames(run, options);
    const place = placeOf(run.position);
    const keywords = TOOL_KEYWORDS.slice(Math.max(0, TOOL_KEYWORDS.indexOf(place.keyword)));
    let isFound = place.from > 0 || keywords.length < TOOL_KEYWORDS.length;
    if (place.keyword !== WATCHED) {
      for (const keyword of keywords) {
        const from = keyword === place.keyword ? place.from : 0;
        if (await walkResults(run, { keyword, from, options })) isFound = true;
      }
    }
    if (place.keyword === WATCHED || !isFound) {
      const position = (watched: string): JsonObject => ({ keyword: WATCHED, from: 0, watched });
      await walkWatched(run, { after: place.watched, position, tools: options });
    }
    await run.commit({ ...FIRST }, () => Promise.resolve(NO_COUNTS));
  };
}

/** @returns Whether there was anything. */
async function walkResults(
  run: SyncRun,
  { keyword, from: first, options }: {
    readonly keyword: string;
    readonly from: number;
    readonly options: SyncKeywordOptions;
  },
): Promise<boolean> {
  const { search, limits } = options;
  const seen = new Set<string>();
  let from = first;
  while (from < limits.searchResults) {
    const page = await readSearch(search, { keyword, from, signal: run.signal });
    const fresh = (page ?? []).filter(({ name }) => !seen.has(name));
    // The end, or a search that gives the same page whatever is asked.
    if (page === undefined || fresh.length === 0) break;
    for (const { name } of fresh) seen.add(name);
    const unknown = await withoutKnown(run.sql, fresh);
    let passedBy = fresh.length - unknown.length;
    for (let at = 0; at < unknown.length; at += limits.chunkPackages) {
      const part = unknown.slice(at, at + limits.chunkPackages);
      const isLast = at + part.length >= unknown.length;
      const position = placeAt({ keyword, from: isLast ? from + page.length : from });
      const candidates = part.map(({ name }) => ({ name, standing: "likely" as const }));
      await recordNames(run, { candidates, position, passedBy }, options);
      passedBy = 0;
    }
    from += page.length;
    if (unknown.length === 0) {
      const counts = { ...NO_COUNTS, seen: passedBy };
      await run.commit(placeAt({ keyword, from }), () => Promise.resolve(counts));
    }
  }
  return seen.size > 0;
}

/** Those of which another version is shown than any that is known, and which are not left for later. */
async function withoutKnown(sql: AnySql, found: readonly Found[]): Promise<Found[]> {
  const names = found.map(({ name }) => name);
  // A package whose tools are all gone may have come back with the version it had.
  const versions = await sql<{ name: string; version: string }[]>`
    select package.name, version from package
    join package_version on package_id = package.id
    where source = 'npm' and package.name = any(${names})
      and not coalesce((
        select bool_and(removed_at is not null) from tool where tool.package_id = package.id
      ), false)`;
  const later = await sql<{ name: string }[]>`
    select name from sync_retry where name = any(${names}) and next_at > now()`;
  const known = new Set(versions.map(({ name, version }) => `${name} ${version}`));
  const put = new Set(later.map(({ name }) => name));
  return found.filter(({ name, version }) => !known.has(`${name} ${version}`) && !put.has(name));
}

function placeAt({ keyword, from }: Pick<Place, "keyword" | "from">): JsonObject {
  return { keyword, from, watched: "" };
}

function placeOf(position: JsonValue): Place {
  if (!isJsonObject(position)) return FIRST;
  const { keyword, from, watched } = position;
  const isPlace = typeof keyword === "string" && typeof from === "number" &&
    typeof watched === "string" && (keyword === WATCHED || TOOL_KEYWORDS.includes(keyword));
  return isPlace ? { keyword, from, watched } : FIRST;
}
