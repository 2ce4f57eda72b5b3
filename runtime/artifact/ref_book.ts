import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { ArtifactLock, ResolvedPackage } from "../../spec/artifact.ts";
import { AirlockError } from "../../spec/errors.ts";
import { isDigest } from "./artifact_digest.ts";
import { canonicalJson } from "../../spec/canonical_json.ts";
import { changedNames } from "./changed_names.ts";
import { LOCK_SCHEMA, REF_SCHEMA } from "./manifest_schema.ts";
import { writeAtomic } from "./write_atomic.ts";

/** What an artifact is found by. */
export type ArtifactRef = Pick<ResolvedPackage, "source" | "packageName" | "version">;

/** What is remembered of a package version, also after its artifact is gone. */
export interface RefRecord {
  readonly ref: ArtifactRef;
  readonly digest: string;
  /** What the first build was made from: every later one is held to it. */
  readonly lock: ArtifactLock;
}

const RECORD_SCHEMA: z.ZodType<RefRecord> = z.object({
  ref: REF_SCHEMA,
  digest: z.string().refine(isDigest),
  lock: LOCK_SCHEMA,
});

/** One text per ref, for maps. */
export function refKey({ source, packageName, version }: ArtifactRef): string {
  // A list of texts has one JSON text, so it is canonical without being sorted.
  return JSON.stringify([source, packageName, version]);
}

/** The refs below one directory. */
export class RefBook {
  readonly #directory: string;
  readonly #temporary: () => string;

  /** `temporary` gives unused paths on the same file system. */
  constructor(directory: string, temporary: () => string) {
    this.#directory = directory;
    this.#temporary = temporary;
  }

  /** `undefined` where nothing, or nothing legible, is recorded. */
  async read(ref: ArtifactRef): Promise<RefRecord | undefined> {
    const text = await readText(this.#pathOf(ref));
    const parsed = RECORD_SCHEMA.safeParse(parseJson(text));
    if (!parsed.success || refKey(parsed.data.ref) !== refKey(ref)) return undefined;
    return parsed.data;
  }

  /**
   * Records `record`. The first writer of a ref, among all processes, decides its lock.
   *
   * @throws {AirlockError} `artifact_failed` at stage `store` where the lock differs from the one
   * recorded before.
   */
  async record(record: RefRecord): Promise<void> {
    const path = this.#pathOf(record.ref);
    await Deno.mkdir(dirname(path), { recursive: true });
    let earlier = await this.read(record.ref);
    if (earlier === undefined) {
      if (await this.#write([path, record], true)) return;
      earlier = await this.read(record.ref);
    }
    if (earlier !== undefined) assertSameLock(earlier, record);
    if (earlier?.digest !== record.digest) await this.#write([path, record], false);
  }

  /** Forgets digest and lock. */
  async forget(ref: ArtifactRef): Promise<void> {
    try {
      await Deno.remove(this.#pathOf(ref));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Forgets everything. */
  async clear(): Promise<void> {
    await Deno.remove(this.#directory, { recursive: true });
    await Deno.mkdir(this.#directory);
  }

  #write([path, record]: [string, RefRecord], exclusive: boolean): Promise<boolean> {
    const text = canonicalJson(record);
    return writeAtomic([path, text], { temporary: this.#temporary(), exclusive });
  }

  /** Package names hold `/` and can be long; a hash is always a good file name. */
  #pathOf(ref: ArtifactRef): string {
    const name = createHash("sha256").update(refKey(ref)).digest("hex");
    return join(this.#directory, name.slice(0, 2), `${name}.json`);
  }
}

function assertSameLock(earlier: RefRecord, later: RefRecord): void {
  if (canonicalJson(earlier.lock) === canonicalJson(later.lock)) return;
  const { packageName, version } = later.ref;
  const changed = changedNames(earlier.lock, later.lock);
  const message = `Storing ${packageName}@${version}: it differs from what was locked at first use`;
  throw new AirlockError("artifact_failed", message, {
    stage: "store",
    suggestion: "Find out why published bytes changed; `airlock cache prune --locks` forgets locks",
    details: { reason: "lock_mismatch", changed: changed.slice(0, 20) },
  });
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "null";
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A power loss may leave a short file: it says nothing, and the next build writes it again.
    return null;
  }
}
