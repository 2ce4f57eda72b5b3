import type { Result, Router } from "hono/router";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { SmartRouter } from "hono/router/smart-router";
import { TrieRouter } from "hono/router/trie-router";

/** Most paths with parameters that are remembered; the one found longest ago is forgotten first. */
const MAX_PATHS = 500;

/** Longer ones are looked for each time, so that what is remembered stays small. */
const MAX_PATH_CHARACTERS = 200;

/**
 * Hono's own choice of a router, that remembers what it found: for paths that are routes as they stand,
 * which is as many as there are of these, and for some of the others. With routes such as
 * `/api/tools/:id` beside `/api/tools/search`, Hono falls back to a router that walks a tree for each
 * request.
 */
export function rememberingRouter<T>(): Router<T> {
  const router = new SmartRouter<T>({ routers: [new RegExpRouter(), new TrieRouter()] });
  /** By path, then by method; only methods that a route is for. */
  const found = new Map<string, Map<string, Result<T>>>();
  const methods = new Set<string>();
  const passing = new Map<string, Map<string, Result<T>>>();
  const keptFor = (path: string) => {
    const known = found.get(path) ?? passing.get(path);
    if (known !== undefined || path.length > MAX_PATH_CHARACTERS) return known;
    const kept = new Map<string, Result<T>>();
    passing.set(path, kept);
    if (passing.size > MAX_PATHS) {
      for (const oldest of passing.keys()) {
        passing.delete(oldest);
        break;
      }
    }
    return kept;
  };
  return {
    name: "remembering",
    add(method, path, handler) {
      if (!/[:*{?]/.test(path)) found.set(path, new Map());
      methods.add(method);
      router.add(method, path, handler);
    },
    match(method, path) {
      const ofPath = methods.has(method) ? keptFor(path) : undefined;
      if (ofPath === undefined) return router.match(method, path);
      let result = ofPath.get(method);
      if (result === undefined) ofPath.set(method, result = router.match(method, path));
      return result;
    },
  };
}
