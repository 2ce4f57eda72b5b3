import {
  isArray,
  jsonStringify,
  reflectGet,
  regExpExec,
  safeGet,
  StringCtor,
  stringSlice,
} from "./primordials.ts";

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const MAX_KEY_LENGTH = 64;

/** `path` with one more step: `.name`, `["odd name"]` or `[3]`. */
export function childPath(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  const short = key.length > MAX_KEY_LENGTH ? `${stringSlice(key, 0, MAX_KEY_LENGTH)}…` : key;
  return regExpExec(IDENTIFIER, short) === null
    ? `${path}[${jsonStringify(short)}]`
    : `${path}.${short}`;
}

const MAX_STEPS = 32;

/** The path in a schema library's issue: a list of keys, or of `{ key }` (Standard Schema). */
export function issuePath(steps: unknown): string {
  let path = "$";
  try {
    if (!isArray(steps)) return path;
    for (let index = 0; index < steps.length && index < MAX_STEPS; index++) {
      const step: unknown = reflectGet(steps, index);
      const key = typeof step === "object" ? safeGet(step, "key") : step;
      path = childPath(path, typeof key === "number" ? key : StringCtor(key));
    }
    return path;
  } catch {
    // A revoked proxy, or a key that cannot be printed: what was readable so far.
    return path;
  }
}
