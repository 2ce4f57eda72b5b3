import { isJsonObject, type JsonObject, type JsonValue } from "../../spec/json.ts";
import type { RegistryTarget } from "../npm/npm_config.ts";
import { syncError } from "./sync_error.ts";
import type { SyncHttp } from "./sync_http.ts";
import type { SyncLimits } from "./sync_limits.ts";

/** A place in a changes feed, as the feed writes it: numbers in older ones, text in newer ones. */
export type ChangesPlace = string | number;

/** A part of a changes feed, in its order. */
export interface ChangesPage {
  /** `place` is where to go on once the row is done. */
  readonly rows: readonly { readonly name: string; readonly place: ChangesPlace }[];
  /** Where to go on after all of them; `undefined` where the feed does not say. */
  readonly last: ChangesPlace | undefined;
}

/** A changes feed. */
export interface ChangesFeed {
  /** With what it is asked beside `since` and `limit`. */
  readonly target: RegistryTarget;
  readonly http: SyncHttp;
  readonly limits: SyncLimits;
}

/** How long a feed that would wait for changes may do so. */
const WAIT_MS = 5_000;

/**
 * Rows after `since`: `now` for none of those that there are.
 * @throws {AirlockError} `upstream_failed` also for what is no changes feed.
 */
export async function readChanges(
  { target, http, limits }: ChangesFeed,
  { since, signal }: { readonly since: ChangesPlace; readonly signal: AbortSignal },
): Promise<ChangesPage> {
  const url = new URL(target.url);
  url.searchParams.set("since", String(since));
  url.searchParams.set("limit", String(limits.changesRows));
  if (["longpoll", "continuous"].includes(url.searchParams.get("feed") ?? "")) {
    url.searchParams.set("timeout", String(WAIT_MS));
  }
  const request = { what: "changes feed", target, url, maxBytes: limits.pageBytes };
  const answer = await http.get(request, signal);
  if (answer.kind !== "found") {
    throw syncError("fetch changes feed: there is none at the configured address", {
      retryable: false,
      suggestion: "Correct AIRLOCK_NPM_CHANGES_URL, or leave it out.",
    });
  }
  return parseChanges(new TextDecoder().decode(answer.bytes));
}

/** Reads a page that is one JSON object, or one row a line as a continuous feed has it. */
export function parseChanges(text: string): ChangesPage {
  const whole = parse(text);
  if (whole !== undefined && Array.isArray(whole["results"])) {
    return { rows: whole["results"].flatMap(rowOf), last: placeOf(whole["last_seq"]) };
  }
  const lines = text.split("\n").filter((line) => line.trim() !== "").map(parse);
  const known = lines.filter((line) => line !== undefined);
  const isFeed = known.every((line) => "seq" in line || "last_seq" in line);
  if (known.length < lines.length || !isFeed) {
    throw syncError("read changes feed: it is none", { retryable: false });
  }
  return { rows: known.flatMap(rowOf), last: placeOf(known.at(-1)?.["last_seq"]) };
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    // A page that is not JSON as a whole may be so line by line.
    return undefined;
  }
}

function rowOf(value: JsonValue): ChangesPage["rows"] {
  if (!isJsonObject(value)) return [];
  const place = placeOf(value["seq"]);
  const name = value["id"];
  return typeof name === "string" && place !== undefined ? [{ name, place }] : [];
}

function placeOf(value: JsonValue | undefined): ChangesPlace | undefined {
  if (typeof value === "string") {
    return value.length > 0 && value.length <= 4_000 ? value : undefined;
  }
  return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
}
