import { issuePath } from "./json_path.ts";
import {
  isArray,
  isObjectLike,
  jsonStringify,
  objectKeys,
  objectToString,
  safeGet,
  StringCtor,
  stringSlice,
} from "./primordials.ts";

/** Anything thrown, made plain and bounded. */
export interface ToolFailure {
  /** At most 100 characters. */
  readonly name: string;
  /** At most 8,192 characters; never empty. */
  readonly message: string;
  /** At most 8,192 characters. */
  readonly stack?: string;
  /** Name and message of the error's `cause`, at most 1,024 characters. */
  readonly cause?: string;
}

const MAX_NAME = 100;
const MAX_TEXT = 8192;
const MAX_CAUSE = 1024;
const MAX_PARTS = 5;

/**
 * Describes whatever a tool threw. Never throws: getters and proxy traps run guarded, each at most
 * once, and one that never returns is the caller's deadline to end. `message` is the error's own,
 * cut when huge; an `AggregateError` and a schema error also list their first parts.
 */
export function describeFailure(thrown: unknown): ToolFailure {
  if (!isObjectLike(thrown)) {
    const message = typeof thrown === "string" && thrown !== ""
      ? thrown
      : `threw ${printable(thrown)}`;
    return { name: "Error", message: clip(message, MAX_TEXT) };
  }
  const name = text(safeGet(thrown, "name"), MAX_NAME) ?? "Error";
  const stack = text(safeGet(thrown, "stack"), MAX_TEXT);
  const cause = describeCause(safeGet(thrown, "cause"));
  return {
    name,
    message: messageOf(thrown),
    ...(stack === null ? {} : { stack }),
    ...(cause === null ? {} : { cause }),
  };
}

function messageOf(thrown: object): string {
  const own = text(safeGet(thrown, "message"), MAX_TEXT);
  // A schema library puts its issues into the message as JSON; listed they read better.
  const issues = listParts(safeGet(thrown, "issues"));
  if (issues !== "") return clip(issues, MAX_TEXT);
  const inner = listParts(safeGet(thrown, "errors"));
  if (inner !== "") return clip(own === null ? inner : `${own}: ${inner}`, MAX_TEXT);
  return own ?? clip(`threw ${printableObject(thrown)}`, MAX_TEXT);
}

/** The first messages of a list of errors or issues, with paths where they have one. */
function listParts(list: unknown): string {
  const length: unknown = isList(list) ? safeGet(list, "length") : 0;
  if (typeof length !== "number") return "";
  let joined = "";
  for (let index = 0; index < length && index < MAX_PARTS; index++) {
    const part: unknown = safeGet(list, index);
    const message = text(typeof part === "string" ? part : safeGet(part, "message"), MAX_CAUSE);
    if (message === null) continue;
    const path = issuePath(safeGet(part, "path"));
    joined += `${joined === "" ? "" : "; "}${path === "$" ? "" : `${path}: `}${message}`;
  }
  return length > MAX_PARTS && joined !== "" ? `${joined}; and ${length - MAX_PARTS} more` : joined;
}

function describeCause(cause: unknown): string | null {
  if (cause === undefined || cause === null) return null;
  if (!isObjectLike(cause)) return clip(printable(cause), MAX_CAUSE);
  const name = text(safeGet(cause, "name"), MAX_NAME);
  const message = text(safeGet(cause, "message"), MAX_CAUSE);
  if (name === null && message === null) return null;
  return clip(message === null ? name! : `${name ?? "Error"}: ${message}`, MAX_CAUSE);
}

function printable(value: unknown): string {
  return typeof value === "string" && value === "" ? "an empty string" : StringCtor(value);
}

/** A thrown object that is no error: its kind, or its first plain properties. */
function printableObject(value: object): string {
  try {
    const keys = objectKeys(value);
    let shown = "";
    for (let index = 0; index < keys.length && index < MAX_PARTS; index++) {
      const item: unknown = safeGet(value, keys[index]!);
      if (isObjectLike(item) || typeof item === "symbol") continue;
      const itemText = typeof item === "string"
        ? jsonStringify(clip(item, MAX_NAME))
        : StringCtor(item);
      shown += `${shown === "" ? "" : ", "}${clip(keys[index]!, MAX_NAME)}: ${itemText}`;
    }
    return shown === "" ? objectToString(value) : `{ ${shown} }`;
  } catch {
    // A proxy that refuses to be looked at.
    return "an object that cannot be read";
  }
}

function isList(value: unknown): boolean {
  try {
    return isArray(value);
  } catch {
    // A revoked proxy.
    return false;
  }
}

function text(value: unknown, limit: number): string | null {
  return typeof value === "string" && value !== "" ? clip(value, limit) : null;
}

function clip(value: string, limit: number): string {
  return value.length > limit ? `${stringSlice(value, 0, limit - 1)}…` : value;
}
