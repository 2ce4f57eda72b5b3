import { artifactFailure } from "./artifact_failure.ts";
import { TarRefusal, type TarScanLimits, TarScanner } from "./tar_scanner.ts";

/** What unpacking a tarball will produce. */
export interface TarballSize {
  readonly unpackedBytes: number;
  readonly files: number;
}

/** What {@linkcode inspectTarball} needs beside the bytes. */
export interface InspectTarballOptions {
  /** `name@version`, for messages. */
  readonly label: string;
  readonly limits: TarScanLimits;
  readonly signal: AbortSignal;
}

/** Small slices keep one step of decompression small however well the data compress. */
const SLICE_BYTES = 16 * 1024;
/** Zeros that the trailer of a gzip stream of at least one tar block may end in. */
const MAX_OWN_ZEROS = 2;

/**
 * Decompresses a tarball in a stream, without keeping it, and checks every entry.
 * @throws {AirlockError} `artifact_failed`, step `archive`, at the first thing that is not acceptable.
 */
export async function inspectTarball(
  tarball: Uint8Array<ArrayBuffer>,
  { label, limits, signal }: InspectTarballOptions,
): Promise<TarballSize> {
  try {
    return await scanFirstWhole(withoutPadding(tarball), { limits, signal });
  } catch (cause) {
    signal.throwIfAborted();
    const why = cause instanceof TarRefusal ? cause.message : "damaged gzip data";
    throw artifactFailure("archive", `unpack ${label}: archive refused, ${why}`, {
      suggestion: "Do not use this version; ask its publisher to pack it again with npm.",
      details: { package: label, reason: why },
      cause,
    });
  }
}

/** The first of `readings` that is a whole gzip stream decides. */
async function scanFirstWhole(
  readings: readonly Uint8Array<ArrayBuffer>[],
  { limits, signal }: Pick<InspectTarballOptions, "limits" | "signal">,
): Promise<TarballSize> {
  let failure: unknown;
  for (const reading of readings) {
    const scanner = new TarScanner(limits);
    try {
      for await (const chunk of slices(reading).pipeThrough(new DecompressionStream("gzip"))) {
        signal.throwIfAborted();
        scanner.push(chunk);
      }
      scanner.finish();
      return { unpackedBytes: scanner.bytes, files: scanner.files };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof TarRefusal) throw error;
      failure = error;
    }
  }
  throw failure;
}

/**
 * Where a gzip stream may end. Old packers filled the file up with zeros, which every unpacker
 * ignores and `DecompressionStream` does not. A stream ends in its length, little-endian and
 * a multiple of 512, so up to two zeros at the end may be its own.
 */
function withoutPadding(tarball: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const end = tarball.findLastIndex((byte) => byte !== 0) + 1;
  const mostZeros = Math.min(MAX_OWN_ZEROS, tarball.byteLength - end);
  return Array.from(
    { length: mostZeros + 1 },
    (_, fewer) => tarball.subarray(0, end + mostZeros - fewer),
  );
}

function slices(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let offset = 0;
  return new ReadableStream({
    pull(controller) {
      if (offset >= bytes.byteLength) return controller.close();
      controller.enqueue(bytes.subarray(offset, offset + SLICE_BYTES));
      offset += SLICE_BYTES;
    },
  });
}
