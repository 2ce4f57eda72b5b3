// style-ok jsdoc: each export is the function of node:stream/consumers that its name says.
/** `node:stream/consumers`, over anything that gives pieces. */
import { Buffer } from "node:buffer";

type Source = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

export async function buffer(source: Source): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) {
    pieces.push(typeof piece === "string" ? Buffer.from(piece) : piece);
  }
  return Buffer.concat(pieces);
}

export async function arrayBuffer(source: Source): Promise<ArrayBuffer> {
  return new Uint8Array(await buffer(source)).buffer;
}

export async function blob(source: Source): Promise<Blob> {
  return new Blob([new Uint8Array(await buffer(source))]);
}

export async function text(source: Source): Promise<string> {
  return new TextDecoder().decode(await buffer(source));
}

export async function json(source: Source): Promise<unknown> {
  return JSON.parse(await text(source));
}

export default { arrayBuffer, blob, buffer, json, text };
