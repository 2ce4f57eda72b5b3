import { z } from "zod";
import { writeAtomic } from "../../artifact/write_atomic.ts";
import type { ArtifactMemory, EvidenceBook } from "./evidence_book.ts";

const runtime = z.enum(["deno", "quickjs", "extism"]);
const count = z.number().nonnegative();
// A row of each call: when, until it could begin, the tool itself, whether it was cold.
const samples = z.array(z.tuple([count, count, count, z.union([z.literal(0), z.literal(1)])]));

const FILE_SCHEMA = z.object({
  formatVersion: z.literal(1),
  artifacts: z.record(
    z.string(),
    z.object({
      runtimes: z.partialRecord(runtime, samples),
      proofs: z.array(z.object({
        runtime,
        tool: z.string(),
        state: z.enum(["equal", "different", "unsteady", "lacking"]),
        inputs: count,
        diff: z.string().optional(),
      })),
    }),
  ),
});

type Stored = z.output<typeof FILE_SCHEMA>;

/** Puts what the file remembers into `book`, as far as the book does not know it. */
export async function readEvidence(path: string, book: EvidenceBook): Promise<void> {
  const stored = await read(path);
  for (const [digest, page] of Object.entries(stored?.artifacts ?? {})) {
    book.adopt(digest, memoryOf(page));
  }
}

/**
 * Writes the book, and with it what another gateway has written meanwhile. Whoever reads the file
 * sees all of it or what was there before, whatever is killed when.
 */
export async function writeEvidence(
  path: string,
  { book, temporary }: { readonly book: EvidenceBook; readonly temporary: string },
): Promise<void> {
  await readEvidence(path, book);
  const artifacts: Stored["artifacts"] = {};
  for (const [digest, { runtimes, proofs }] of book.entries()) {
    artifacts[digest] = {
      runtimes: Object.fromEntries(
        [...runtimes].map((
          [kind, calls],
        ) => [
          kind,
          calls.map(({ atMs, startMs, toolMs, cold }) => [
            Math.round(atMs),
            rounded(startMs),
            rounded(toolMs),
            cold ? 1 : 0,
          ]),
        ]),
      ),
      proofs: [...proofs],
    };
  }
  const text = JSON.stringify({ formatVersion: 1, artifacts } satisfies Stored);
  await writeAtomic([path, text], { temporary });
}

async function read(path: string): Promise<Stored | null> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  try {
    return FILE_SCHEMA.parse(JSON.parse(text));
  } catch {
    // Only experience is lost: a file of another version, or cut short by a power failure.
    return null;
  }
}

function memoryOf({ runtimes, proofs }: Stored["artifacts"][string]): ArtifactMemory {
  const kinds = runtime.options.flatMap((kind) => {
    const rows = runtimes[kind];
    if (rows === undefined) return [];
    const calls = rows.map(([atMs, startMs, toolMs, cold]) => ({
      atMs,
      startMs,
      toolMs,
      cold: cold === 1,
    }));
    return [[kind, calls] as const];
  });
  return { runtimes: new Map(kinds), proofs };
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
