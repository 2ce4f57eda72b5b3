import fs from "node:fs";

/**
 * Makes `existsSync` of `node:fs` say no where Deno refuses to look. Node's never throws, so code
 * asks it about files that it can do without: configuration, caches, what kind of system this is.
 * Whether the file exists is not told. As with `node:http`, only the default export is changed.
 */
export function installNodeFs(): void {
  const { existsSync } = fs;
  Object.defineProperty(fs, "existsSync", {
    value: (path: Parameters<typeof existsSync>[0]): boolean => {
      try {
        return existsSync(path);
      } catch {
        // Not granted. The functions that read the file itself still say so.
        return false;
      }
    },
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
