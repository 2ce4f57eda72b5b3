/** Reads a stream to its end and returns the last `maxBytes` bytes of it as text. */
export async function readTail(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<string> {
  let tail = new Uint8Array();
  for await (const chunk of stream) {
    const joined = new Uint8Array(tail.byteLength + chunk.byteLength);
    joined.set(tail);
    joined.set(chunk, tail.byteLength);
    tail = joined.slice(-maxBytes);
  }
  return new TextDecoder().decode(tail);
}
