import { createHash } from "node:crypto";
import { dirname, join, normalize } from "node:path";
import { AirlockError } from "../../spec/errors.ts";

/** One file of an artifact. */
export interface FileEntry {
  /** Relative to the code directory, with `/`. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Lower-case hex, of the content; of the target's text where `link` is set. */
  readonly sha256: string;
  /** A symbolic link to a place inside the code directory, as trees of packages have them. */
  readonly link?: true;
}

/**
 * Every file below `directory` with its hash, sorted by path. Links are listed, never followed.
 *
 * @throws {AirlockError} `artifact_failed` at stage `store` for a link that leads outside and for
 * anything that is neither file, directory nor link.
 */
export async function listFiles(directory: string): Promise<FileEntry[]> {
  const entries: FileEntry[] = [];
  for await (const path of walkFiles(directory)) entries.push(await readEntry(directory, path));
  return entries.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** Paths of everything below `directory` that is not a directory, relative to it, in no order. */
export async function* walkFiles(directory: string, below = ""): AsyncGenerator<string> {
  for await (const child of Deno.readDir(join(directory, below))) {
    const path = below === "" ? child.name : `${below}/${child.name}`;
    if (child.isDirectory) yield* walkFiles(directory, path);
    else yield path;
  }
}

async function readEntry(directory: string, path: string): Promise<FileEntry> {
  const absolute = join(directory, path);
  const stat = await Deno.lstat(absolute);
  if (stat.isSymlink) {
    const target = await Deno.readLink(absolute);
    if (leadsOutside(path, target) || await resolvesOutside(directory, absolute)) {
      throw refuse(path, "a link that leads outside");
    }
    const bytes = new TextEncoder().encode(target);
    return { path, sizeBytes: bytes.length, sha256: sha256(bytes), link: true };
  }
  if (!stat.isFile) throw refuse(path, "neither a file nor a directory");
  const bytes = await Deno.readFile(absolute);
  return { path, sizeBytes: bytes.length, sha256: sha256(bytes) };
}

function leadsOutside(path: string, target: string): boolean {
  if (target.startsWith("/")) return true;
  const place = normalize(join(dirname(path), target));
  return place === ".." || place.startsWith("../");
}

/** As the system follows it: links on the way can make a harmless looking path climb. */
async function resolvesOutside(directory: string, absolute: string): Promise<boolean> {
  try {
    const root = await Deno.realPath(directory);
    const real = await Deno.realPath(absolute);
    return real !== root && !real.startsWith(`${root}/`);
  } catch (error) {
    // What leads nowhere today may lead somewhere tomorrow.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.FilesystemLoop) {
      return true;
    }
    throw error;
  }
}

function refuse(path: string, what: string): AirlockError {
  return new AirlockError("artifact_failed", `Storing the artifact: ${path} is ${what}`, {
    stage: "store",
    suggestion: "Publish the package with plain files only",
    details: { path },
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
