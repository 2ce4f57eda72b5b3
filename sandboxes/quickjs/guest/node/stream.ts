/** `node:stream` of the polyfill set, with the ways to and from the global streams that it lacks. */
import { Buffer } from "node:buffer";
import polyfill from "@jspm/core/nodelibs/stream";

export * from "@jspm/core/nodelibs/stream";
export default polyfill;

const { Readable, Writable } = polyfill;

define(
  Readable,
  "fromWeb",
  (stream: ReadableStream, options?: object) =>
    Readable.from(bytesOf(stream), { objectMode: false, ...options }),
);
define(Readable, "toWeb", (readable: AsyncIterable<unknown>) => ReadableStream.from(readable));
define(Writable, "toWeb", (writable: NodeJS.WritableStream) =>
  new WritableStream({
    write: (piece) =>
      new Promise((resolve, reject) => {
        writable.write(piece, (error?: Error | null) => error ? reject(error) : resolve());
      }),
    close: () => new Promise((resolve) => void writable.end(resolve)),
  }));

async function* bytesOf(stream: ReadableStream): AsyncGenerator<unknown> {
  for await (const piece of stream) yield piece instanceof Uint8Array ? Buffer.from(piece) : piece;
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true });
}
