import { createHash, type Hash } from "node:crypto";
import { join } from "node:path";
import type { z } from "zod";
import type { Artifact } from "../../spec/artifact.ts";
import { AirlockError } from "../../spec/errors.ts";
import { artifactDigest } from "./artifact_digest.ts";
import { canonicalJson } from "../../spec/canonical_json.ts";
import { type FileEntry, listFiles } from "./file_list.ts";
import { FILES_SCHEMA, LOCK_SCHEMA, MANIFEST_SCHEMA } from "./manifest_schema.ts";

/** Name of the directory with the code, inside an artifact's own. */
export const CODE = "code";

const PARTS = ["manifest.json", "lock.json", "files.json"];

/** An artifact with the list of its files. */
export interface StoredFiles {
  readonly artifact: Artifact;
  readonly files: readonly FileEntry[];
}

/**
 * Reads what stands in an artifact's directory about it. Nothing is verified.
 *
 * @returns `undefined` where something is absent or illegible.
 */
export async function readArtifact(directory: string): Promise<StoredFiles | undefined> {
  const manifest = await readPart([directory, "manifest.json"], MANIFEST_SCHEMA);
  const lock = await readPart([directory, "lock.json"], LOCK_SCHEMA);
  const files = await readPart([directory, "files.json"], FILES_SCHEMA);
  if (manifest === undefined || lock === undefined || files === undefined) return undefined;
  const digest = artifactDigest({ manifest, lock, files });
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const codeDirectory = join(directory, CODE);
  return { artifact: { digest, codeDirectory, manifest, lock, sizeBytes }, files };
}

/**
 * Reads an artifact and every byte of it, and compares all of it to `digest`.
 *
 * @returns `undefined` where anything differs, is absent or was added.
 */
export async function verifyArtifact(
  directory: string,
  digest: string,
): Promise<Artifact | undefined> {
  const stored = await readArtifact(directory);
  if (stored === undefined || stored.artifact.digest !== digest) return undefined;
  const present = await listPresent(stored.artifact.codeDirectory);
  if (canonicalJson(present) !== canonicalJson(stored.files)) return undefined;
  return stored.artifact;
}

/**
 * A hash over size, times and inode of every file, directory and part of an artifact: it changes
 * when anything was written, replaced, added or removed since, without reading a byte of content.
 */
export async function identityOf(directory: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for (const part of PARTS) hash.update(await stamp(directory, part));
    await addTree(join(directory, CODE), hash);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "absent";
    throw error;
  }
  return hash.digest("hex");
}

async function addTree(directory: string, hash: Hash): Promise<void> {
  hash.update(await stamp(directory, "."));
  const names: { name: string; isDirectory: boolean }[] = [];
  for await (const child of Deno.readDir(directory)) names.push(child);
  names.sort((a, b) => a.name < b.name ? -1 : 1);
  for (const { name, isDirectory } of names) {
    if (isDirectory) await addTree(join(directory, name), hash);
    else hash.update(await stamp(directory, name));
  }
}

async function stamp(directory: string, name: string): Promise<string> {
  const { size, mtime, ctime, ino, mode } = await Deno.lstat(join(directory, name));
  return `${name}\0${size} ${mtime?.getTime()} ${ctime?.getTime()} ${ino} ${mode}\0`;
}

async function listPresent(directory: string): Promise<FileEntry[] | null> {
  try {
    return await listFiles(directory);
  } catch (error) {
    // Something that could never have been stored was put there later.
    if (error instanceof AirlockError || error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function readPart<T>(
  [directory, name]: readonly [string, string],
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(join(directory, name));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    throw error;
  }
  return parsePart(text, schema);
}

function parsePart<T>(text: string, schema: z.ZodType<T>): T | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // Not JSON: as good as absent.
    return undefined;
  }
}
