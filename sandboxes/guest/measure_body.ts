const { ReadableStream, Promise, setTimeout, clearTimeout } = globalThis;

/** A request body, and its length where that can be known without waiting. */
export interface MeasuredBody {
  readonly body: ReadableStream<Uint8Array> | null;
  readonly lengthBytes: number | null;
}

/** How long a body that should be at hand may take to end, before it counts as a stream. */
const PEEK_MS = 1;

/**
 * Takes the body of `request`. Many servers refuse bodies without a length, so it is told wherever
 * possible: everything but streams is encoded at once, and the body of a ready-made `Request` is
 * looked at: what was a string or bytes ends right after its first piece.
 *
 * @param source What the caller of `fetch` passed as `init.body`.
 */
export async function measureBody(request: Request, source: unknown): Promise<MeasuredBody> {
  if (request.body === null) return { body: null, lengthBytes: null };
  if (source instanceof ReadableStream || isAsyncIterable(source)) {
    return { body: request.body, lengthBytes: null };
  }
  if (source !== undefined && source !== null) {
    const bytes = await request.bytes();
    return { body: streamOf([bytes]), lengthBytes: bytes.byteLength };
  }
  return await peek(request.body);
}

async function peek(stream: ReadableStream<Uint8Array>): Promise<MeasuredBody> {
  const reader = stream.getReader();
  const first = watched(reader.read());
  const head = await soon(first);
  if (head === null) return { body: resume(reader, [first]), lengthBytes: null };
  if (head.done) return { body: streamOf([]), lengthBytes: 0 };
  const second = watched(reader.read());
  const tail = await soon(second);
  if (tail?.done) return { body: streamOf([head.value]), lengthBytes: head.value.byteLength };
  return { body: resume(reader, [first, second]), lengthBytes: null };
}

type Read = Promise<ReadableStreamReadResult<Uint8Array>>;

/** Whoever reads on learns of a failure; when nobody does, it must not end the process. */
function watched(read: Read): Read {
  read.catch(() => {
    // Told again to whoever awaits `read`.
  });
  return read;
}

async function soon(read: Read): Promise<Awaited<Read> | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => timer = setTimeout(() => resolve(null), PEEK_MS));
  try {
    return await Promise.race([read, late]);
  } finally {
    clearTimeout(timer);
  }
}

function resume(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  begun: Read[],
): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await (begun.shift() ?? reader.read());
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}

function streamOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) if (piece.byteLength > 0) controller.enqueue(piece);
      controller.close();
    },
  });
}

function isAsyncIterable(value: unknown): boolean {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
