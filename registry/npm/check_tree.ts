import { dirname, join, resolve, sep } from "node:path";
import { artifactFailure } from "./artifact_failure.ts";

/**
 * Makes sure that an installed tree holds only directories, regular files and links that stay in it.
 * The last of several walls: archives were inspected before they were unpacked.
 * @throws {AirlockError} `artifact_failed`, step `archive`.
 */
export async function checkTree(directory: string, signal: AbortSignal): Promise<void> {
  const root = await Deno.realPath(directory);
  const waiting = [root];
  for (let current = waiting.pop(); current !== undefined; current = waiting.pop()) {
    signal.throwIfAborted();
    for await (const entry of Deno.readDir(current)) {
      const path = join(current, entry.name);
      if (entry.isDirectory) waiting.push(path);
      else if (entry.isSymlink) await checkLink(root, path);
      else if (!entry.isFile) throw refuse("a special file");
    }
  }
}

async function checkLink(root: string, path: string): Promise<void> {
  const target = await targetOf(path);
  if (!target.startsWith(root + sep)) throw refuse("a link that leaves it");
}

async function targetOf(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    // It leads nowhere yet; where it would lead decides.
    return resolve(dirname(path), await Deno.readLink(path));
  }
}

function refuse(what: string): Error {
  return artifactFailure("archive", `check installed packages: refused, ${what}`, {
    suggestion: "Do not use this package; report it to its registry.",
  });
}
