import { pauseUnless } from "./pause_unless.ts";

const LOOK_MS = 200;

/** Read at a time. */
const MAX_READ_BYTES = 64 * 1024;

/**
 * Tells what is added to a log from `fromBytes` on, until the signal aborts. One that is begun anew
 * meanwhile is followed from its beginning; what was added to the one before since the last look is lost.
 */
export async function followLog(
  path: string,
  { fromBytes, onText, signal }: {
    readonly fromBytes: number;
    readonly onText: (text: string) => void;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  let at = fromBytes;
  // Of characters whose bytes come in two parts.
  let decoder = new TextDecoder();
  while (!signal.aborted) {
    const read = await readFrom(path, at);
    if (read === "shorter") {
      at = 0;
      decoder = new TextDecoder();
    } else if (read.length > 0) {
      at += read.length;
      onText(decoder.decode(read, { stream: true }));
    } else await pauseUnless(LOOK_MS, signal);
  }
}

async function readFrom(path: string, at: number): Promise<Uint8Array | "shorter"> {
  try {
    using file = await Deno.open(path);
    if ((await file.stat()).size < at) return "shorter";
    await file.seek(at, Deno.SeekMode.Start);
    const buffer = new Uint8Array(MAX_READ_BYTES);
    return buffer.subarray(0, await file.read(buffer) ?? 0);
  } catch (error) {
    // It is there once something is written to it.
    if (error instanceof Deno.errors.NotFound) return at === 0 ? new Uint8Array() : "shorter";
    throw error;
  }
}
