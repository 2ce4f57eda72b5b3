import { append, isObjectLike, objectHasOwn, safeGet } from "./primordials.ts";

/** Nested `default`s of modules that went through several transpilers. */
const MAX_DEFAULTS = 3;

/**
 * Where an export's name is looked up, in order: the module's namespace, then its default export
 * (a CommonJS module's `module.exports`), then the `default` of that where `__esModule` or nothing
 * else stands beside it.
 */
export function exportScopes(namespace: object): readonly object[] {
  const scopes: object[] = [namespace];
  let scope: unknown = namespace;
  for (let depth = 0; depth < MAX_DEFAULTS; depth++) {
    if (depth > 0 && !isInterop(scope)) break;
    const inner = safeGet(scope, "default") ??
      (depth === 0 ? safeGet(scope, "module.exports") : undefined);
    if (!isObjectLike(inner) || inner === scope) break;
    append(scopes, inner);
    scope = inner;
  }
  return scopes;
}

/** What `default` means to a caller: the innermost one of `scopes`. */
export function defaultExport(scopes: readonly object[]): object | undefined {
  return scopes.length > 1 ? scopes[scopes.length - 1] : undefined;
}

function isInterop(scope: unknown): boolean {
  return isObjectLike(scope) && safeGet(scope, "__esModule") === true &&
    objectHasOwn(scope, "default");
}
