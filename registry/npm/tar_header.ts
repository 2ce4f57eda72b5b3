/** The fields of one 512-byte tar header that matter here. */
export interface TarHeader {
  /** Joined from prefix and name; not yet overridden by an extended header. */
  readonly path: string;
  readonly linkTarget: string;
  readonly sizeBytes: number;
  /** The type flag as a character; the old regular-file flag NUL reads as `0`. */
  readonly type: string;
}

/** Bytes of one header, and the unit that bodies are padded to. */
export const TAR_BLOCK_BYTES = 512;

/**
 * Reads a ustar, GNU or old header block.
 * @returns `undefined` where the checksum or a number is wrong: the archive is damaged.
 */
export function readTarHeader(block: Uint8Array): TarHeader | undefined {
  const checksum = octal(block.subarray(148, 156));
  if (checksum === undefined || checksum !== sumOf(block)) return undefined;
  const sizeBytes = sizeOf(block.subarray(124, 136));
  if (sizeBytes === undefined) return undefined;
  const name = text(block.subarray(0, 100));
  // GNU archives ("ustar" and two spaces) use the prefix field for other things.
  const isPosix = text(block.subarray(257, 263)) === "ustar" && block[262] === 0;
  const prefix = isPosix ? text(block.subarray(345, 500)) : "";
  const flag = block[156] ?? 0;
  return {
    path: prefix === "" ? name : `${prefix}/${name}`,
    linkTarget: text(block.subarray(157, 257)),
    sizeBytes,
    type: flag === 0 ? "0" : String.fromCharCode(flag),
  };
}

/** The sum of all bytes, with the checksum field itself read as spaces. */
function sumOf(block: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < TAR_BLOCK_BYTES; index++) {
    sum += index >= 148 && index < 156 ? 32 : block[index] ?? 0;
  }
  return sum;
}

function text(field: Uint8Array): string {
  const end = field.indexOf(0);
  return new TextDecoder().decode(end === -1 ? field : field.subarray(0, end));
}

function octal(field: Uint8Array): number | undefined {
  const digits = text(field).trim();
  if (digits === "") return 0;
  return /^[0-7]+$/.test(digits) ? parseInt(digits, 8) : undefined;
}

/** Sizes of 8 GiB and more are written in base 256; none of them is within any limit. */
function sizeOf(field: Uint8Array): number | undefined {
  const isBase256 = ((field[0] ?? 0) & 0x80) !== 0;
  return isBase256 ? undefined : octal(field);
}
