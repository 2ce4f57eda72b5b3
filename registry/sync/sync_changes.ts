import { isJsonObject, type JsonObject, type JsonValue } from "../../spec/json.ts";
import {
  type ChangesFeed,
  type ChangesPage,
  type ChangesPlace,
  readChanges,
} from "./read_changes.ts";
import { recordNames, type RecordTools } from "./record_names.ts";
import { retryNames } from "./retry_names.ts";
import { NO_COUNTS, type RunJob, type SyncRun } from "./sync_job.ts";
import { walkWatched } from "./walk_watched.ts";

/** Options of {@linkcode syncChanges}. */
export interface SyncChangesOptions extends RecordTools {
  /** Where there is none, watched packages are asked for one by one. */
  readonly feed: ChangesFeed | undefined;
  /** Where a feed is begun that was never read: `now`, or a place such as `0`. */
  readonly firstSince: ChangesPlace;
}

/**
 * Follows a registry's changes feed from where it was, and reads the packages in it that are known,
 * watched, or say that they have tools. Rows may come twice and in any order: what is stored is what
 * the registry has by then.
 */
export function syncChanges(options: SyncChangesOptions): RunJob {
  return async (run) => {
    await retryNames(run, options);
    if (options.feed !== undefined) return await followFeed(run, options.feed, options);
    const { watched } = placesOf(run.position);
    const position = (name: string): JsonObject => ({ ...placesOf(run.position), watched: name });
    await walkWatched(run, { after: watched, position, tools: options });
  };
}

async function followFeed(
  run: SyncRun,
  feed: ChangesFeed,
  options: SyncChangesOptions,
): Promise<void> {
  const { signal } = run;
  let since = placesOf(run.position).since ?? options.firstSince;
  // Of the feed itself: "now" is no place to go on from.
  if (since === "now") since = await begin(run, feed);
  for (;;) {
    const { rows, last } = await readChanges(feed, { since, signal });
    const before = since;
    for (const part of partsOf(inOrder(rows), options.limits.chunkPackages)) {
      since = furthest(since, part.at(-1)!.place);
      const candidates = part.map(({ name }) => ({ name, standing: "unknown" as const }));
      await recordNames(run, { candidates, position: at(run, since) }, options);
    }
    if (rows.length === 0) {
      if (last !== undefined && last !== before) {
        await run.commit(at(run, last), () => Promise.resolve(NO_COUNTS));
      }
      return;
    }
    // A feed that stands still although it has rows would be read forever.
    if (since === before) return;
    if (rows.length < options.limits.changesRows && last === since) return;
  }
}

async function begin(run: SyncRun, feed: ChangesFeed): Promise<ChangesPlace> {
  const { rows, last } = await readChanges(feed, { since: "now", signal: run.signal });
  const place = last ?? rows.at(-1)?.place ?? 0;
  await run.commit(at(run, place), () => Promise.resolve(NO_COUNTS));
  return place;
}

function at(run: SyncRun, since: ChangesPlace): JsonObject {
  return { ...placesOf(run.position), since };
}

/** Where the job is in the feed and in the watch list; a position that is neither is the start. */
function placesOf(position: JsonValue): { since?: ChangesPlace; watched: string } {
  const { since, watched } = isJsonObject(position) ? position : {};
  const isPlace = typeof since === "string" || typeof since === "number";
  return { ...(isPlace && { since }), watched: typeof watched === "string" ? watched : "" };
}

/** By place where places are numbers; what is killed in between must not have gone past any. */
function inOrder(rows: ChangesPage["rows"]): ChangesPage["rows"] {
  const rank = ({ place }: { readonly place: ChangesPlace }) => Number(place);
  const isNumbered = rows.every(({ place }) => typeof place === "number");
  return isNumbered ? rows.toSorted((one, other) => rank(one) - rank(other)) : rows;
}

/** Never back: what comes late has been stored by then. */
function furthest(before: ChangesPlace, place: ChangesPlace): ChangesPlace {
  return typeof before === "number" && typeof place === "number" && place < before ? before : place;
}

function partsOf<T>(rows: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(rows.length / size);
  return Array.from({ length: count }, (_, index) => rows.slice(index * size, (index + 1) * size));
}
