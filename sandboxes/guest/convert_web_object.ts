import type { Conversion } from "./conversion.ts";
import {
  append,
  isArray,
  objectCreate,
  objectHasOwn,
  reflectApply,
  safeGet,
} from "./primordials.ts";
import { type AnyFunction, isFunction } from "./recognise_tool.ts";

/** Kinds that have no JSON form until they are read, and what to do about each. */
const UNREAD: Record<string, string> = {
  __proto__: null as never,
  "[object Promise]": "a promise that was not awaited",
  "[object ReadableStream]": "a stream that was not read: return it on its own, or read it first",
  "[object AsyncGenerator]":
    "an async generator inside a value: return it on its own, or read it first",
  "[object Generator]": "a generator inside a value: return it on its own, or read it first",
  "[object Blob]": "a Blob inside a value: read it first with arrayBuffer() or text()",
  "[object File]": "a File inside a value: read it first with arrayBuffer() or text()",
  "[object Response]": "a Response inside a value: read it first with json() or text()",
  "[object Request]": "a Request is not JSON",
};

/** Web objects that are lists of names with values. */
const ENTRY_LISTS: Record<string, boolean | undefined> = {
  __proto__: null as never,
  "[object Headers]": true,
  "[object URLSearchParams]": true,
  "[object FormData]": true,
};

/**
 * The JSON form of a Web API object with that `Object.prototype.toString` tag, `null` for any
 * other. Uses the object's own methods: capturing these classes beforehand makes Deno load them,
 * which costs every fresh process 3 ms, and who fakes one only fakes its own result.
 *
 * @throws whatever those methods throw.
 */
export function convertWebObject(value: object, tag: string): Conversion | null {
  if (tag === "[object URL]") {
    const href = safeGet(value, "href");
    return typeof href === "string" ? { kind: "value", value: href } : null;
  }
  if (ENTRY_LISTS[tag] === true) {
    const forEach = safeGet(value, "forEach");
    return isFunction(forEach) ? { kind: "value", value: entriesObject(value, forEach) } : null;
  }
  const reason = UNREAD[tag];
  return reason === undefined ? null : { kind: "refused", reason };
}

function entriesObject(list: object, forEach: AnyFunction): object {
  const plain: Record<string, unknown> = objectCreate(null);
  const visit = (value: unknown, name: unknown) => {
    if (typeof name !== "string") return;
    const earlier = plain[name];
    if (!objectHasOwn(plain, name)) plain[name] = value;
    else if (isArray(earlier)) append(earlier, value);
    else plain[name] = [earlier, value];
  };
  reflectApply(forEach, list, [visit]);
  return plain;
}
