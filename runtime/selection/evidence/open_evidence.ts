import { join } from "node:path";
import { EvidenceBook } from "./evidence_book.ts";
import { readEvidence, writeEvidence } from "./evidence_file.ts";

/** Where experience is kept, and how often it is written. */
export interface OpenEvidenceOptions {
  /** Absolute path; made where absent. Several processes may share it. */
  readonly directory: string;
  /** What is noted is written after this time, all at once. */
  readonly writeEveryMs?: number;
  /** Told when writing fails; the next time is tried again. */
  readonly onFailure: (error: unknown) => void;
}

/** A book that outlives the process. Disposing writes what is left. */
export interface KeptEvidence extends AsyncDisposable {
  readonly book: Pick<EvidenceBook, "note" | "prove" | "evidenceOf" | "proofsOf">;
}

const FILE = "evidence.json";
/** A write that a dead process left unfinished; no live one takes that long. */
const ABANDONED_MS = 60_000;

/** Opens the experience of earlier runs. A kill costs at most what was noted since the last write. */
export async function openEvidence(options: OpenEvidenceOptions): Promise<KeptEvidence> {
  const { directory, writeEveryMs = 5_000, onFailure } = options;
  await Deno.mkdir(directory, { recursive: true });
  await sweep(directory);
  const path = join(directory, FILE);
  const book = new EvidenceBook(Date.now);
  await readEvidence(path, book);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing = Promise.resolve();
  const write = () => {
    timer = undefined;
    const temporary = join(directory, `${FILE}.${crypto.randomUUID()}.tmp`);
    writing = writing.then(() => writeEvidence(path, { book, temporary })).catch(onFailure);
    return writing;
  };
  let isClosed = false;
  const later = () => {
    if (!isClosed) timer ??= setTimeout(write, writeEveryMs);
  };
  return {
    book: {
      note: (digest, sample) => (book.note(digest, sample), later()),
      prove: (digest, proof) => (book.prove(digest, proof), later()),
      evidenceOf: (digest) => book.evidenceOf(digest),
      proofsOf: (digest) => book.proofsOf(digest),
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      const isDirty = timer !== undefined;
      clearTimeout(timer);
      await (isDirty ? write() : writing);
    },
  };
}

async function sweep(directory: string): Promise<void> {
  for await (const { name } of Deno.readDir(directory)) {
    if (!name.endsWith(".tmp")) continue;
    const path = join(directory, name);
    try {
      const { mtime } = await Deno.stat(path);
      if (Date.now() - (mtime?.getTime() ?? 0) > ABANDONED_MS) await Deno.remove(path);
    } catch (error) {
      // Its writer has finished meanwhile.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
