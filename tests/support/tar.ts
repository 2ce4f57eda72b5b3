/** One entry of a tar archive to build, however unreasonable. */
export interface TarEntry {
  readonly path: string;
  readonly body?: string | Uint8Array;
  /** Type flag: `0` file (default), `1` hard link, `2` symlink, `3` device, `5` directory, `6` pipe. */
  readonly type?: string;
  readonly linkTarget?: string;
  /** Written instead of the body's length. */
  readonly claimedSizeBytes?: number;
}

const BLOCK_BYTES = 512;

/** Builds a ustar archive; paths and bodies go in as they are. */
export function buildTar(entries: readonly TarEntry[]): Uint8Array<ArrayBuffer> {
  const blocks: Uint8Array[] = [];
  for (const entry of entries) {
    const body = typeof entry.body === "string"
      ? new TextEncoder().encode(entry.body)
      : entry.body ?? new Uint8Array();
    blocks.push(header(entry, body.byteLength), padded(body));
  }
  blocks.push(new Uint8Array(2 * BLOCK_BYTES));
  return concatenated(blocks);
}

/** A pax extended header that changes `records` of the entry after it (`g`: of all entries). */
export function paxHeader(records: Readonly<Record<string, string>>, type = "x"): TarEntry {
  const body = Object.entries(records).map(([key, value]) => paxRecord(key, value)).join("");
  return { path: "PaxHeader/x", type, body };
}

/** Compresses with gzip. */
export async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const compressed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return await new Response(compressed).bytes();
}

/** `npm pack` in memory: `package/` before each path, compressed. */
export function packFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<Uint8Array<ArrayBuffer>> {
  return gzip(
    buildTar(Object.entries(files).map(([path, body]) => ({ path: `package/${path}`, body }))),
  );
}

function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const restBytes = new TextEncoder().encode(rest).byteLength;
  let length = restBytes;
  while (length !== restBytes + String(length).length) {
    length = restBytes + String(length).length;
  }
  return `${length}${rest}`;
}

function header(entry: TarEntry, bodyBytes: number): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  const write = (offset: number, text: string) => block.set(new TextEncoder().encode(text), offset);
  write(0, entry.path.slice(0, 100));
  write(100, "0000644\0");
  write(108, "0000000\0");
  write(116, "0000000\0");
  write(124, octal(entry.claimedSizeBytes ?? bodyBytes, 11));
  write(136, "00000000000\0");
  write(156, entry.type ?? "0");
  write(157, (entry.linkTarget ?? "").slice(0, 100));
  write(257, "ustar\x0000");
  write(148, "        ");
  write(148, octal(block.reduce((sum, byte) => sum + byte, 0), 6) + "\0 ");
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

function padded(body: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(body.byteLength / BLOCK_BYTES) * BLOCK_BYTES);
  whole.set(body);
  return whole;
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.byteLength;
  }
  return whole;
}
