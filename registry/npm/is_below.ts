/** Whether `url` has the origin of `base` and a path under it; `base` ends with a slash. */
export function isBelow(url: URL, base: URL): boolean {
  return url.origin === base.origin && url.pathname.startsWith(base.pathname);
}
