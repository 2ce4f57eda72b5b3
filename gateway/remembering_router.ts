import type { Result, Router } from "hono/router";
import { RegExpRouter } from "hono/router/reg-exp-router";
import { SmartRouter } from "hono/router/smart-router";
import { TrieRouter } from "hono/router/trie-router";

/**
 * Hono's own choice of a router, that remembers what it found for paths that are routes as they stand,
 * which is as many as there are of these. With routes such as `/api/tools/:id` beside
 * `/api/tools/search`, Hono falls back to a router that walks a tree for each request.
 */
export function rememberingRouter<T>(): Router<T> {
  const router = new SmartRouter<T>({ routers: [new RegExpRouter(), new TrieRouter()] });
  /** By path, then by method; only methods that a route is for. */
  const found = new Map<string, Map<string, Result<T>>>();
  const methods = new Set<string>();
  return {
    name: "remembering",
    add(method, path, handler) {
      if (!/[:*{?]/.test(path)) found.set(path, new Map());
      methods.add(method);
      router.add(method, path, handler);
    },
    match(method, path) {
      const ofPath = found.get(path);
      if (ofPath === undefined || !methods.has(method)) return router.match(method, path);
      let result = ofPath.get(method);
      if (result === undefined) ofPath.set(method, result = router.match(method, path));
      return result;
    },
  };
}
