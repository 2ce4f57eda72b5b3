import { join } from "node:path";

const SKIPPED: ReadonlySet<string> = new Set([
  ".git",
  ".airlock",
  "node_modules",
  "dist",
  "coverage",
  "vendor",
]);

/** Paths of all files below `root`, relative and sorted, without what is not source. */
export async function listSourcePaths(root: string): Promise<string[]> {
  const found: string[] = [];
  const walk = async (below: string) => {
    for await (const { name, isDirectory, isFile } of Deno.readDir(join(root, below))) {
      const path = below === "" ? name : `${below}/${name}`;
      if (isDirectory && !SKIPPED.has(name)) await walk(path);
      if (isFile) found.push(path);
    }
  };
  await walk("");
  return found.sort();
}

/** Whether a path names code that the checks read. */
export function isCode(path: string): boolean {
  return /\.(ts|tsx|js|mjs)$/.test(path) && !path.endsWith(".min.js");
}

/** Whether a path is of tests, or of what only they use. */
export function isTest(path: string): boolean {
  return path.startsWith("tests/") || /_test\.tsx?$/.test(path);
}
