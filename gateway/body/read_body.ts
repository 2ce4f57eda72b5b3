import { AirlockError } from "../../spec/errors.ts";

const DECODER = new TextDecoder("utf-8", { fatal: true });

/** Bounds of {@linkcode readBody}. */
export interface BodyBounds {
  readonly maxBytes: number;
  /** Longest time for the whole body to arrive. */
  readonly timeoutMs: number;
  /** What whoever sends too much can do. */
  readonly suggestion?: string;
}

/**
 * Reads a request's body as UTF-8, bounded as {@linkcode readBytes} is.
 * @throws {AirlockError} `payload_too_large` or `invalid_input`.
 */
export async function readBody(request: Request, bounds: BodyBounds): Promise<string> {
  return decode(await readBytes(request, bounds));
}

/**
 * Reads a request's body. A declared length is checked before anything is read; without one,
 * bytes are counted as they arrive.
 * @throws {AirlockError} `payload_too_large` or `invalid_input`.
 */
export async function readBytes(request: Request, bounds: BodyBounds): Promise<Uint8Array> {
  const declared = request.headers.get("content-length");
  if (declared !== null && Number(declared) > bounds.maxBytes) throw tooLarge(bounds);
  // A body framed by its length cannot be longer, and reading it whole costs half as much; less still
  // where nobody looks at `body`, which makes a stream of it.
  const framed = declared !== null && !request.headers.has("transfer-encoding");
  if (!framed && request.body === null) return new Uint8Array();
  const reading = framed ? request.bytes() : countedBytes(request.body!, bounds);
  try {
    const bytes = await inTime(reading, bounds.timeoutMs);
    if (bytes.byteLength > bounds.maxBytes) throw tooLarge(bounds);
    return bytes;
  } catch (error) {
    if (error instanceof AirlockError) throw error;
    throw new AirlockError("invalid_input", "read body: the connection broke off", {
      stage: "request",
      cause: error,
    });
  }
}

/** What comes later than that fails when the connection closes: nobody is left to be told. */
function inTime<T>(reading: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(slow(timeoutMs)), timeoutMs);
    reading.then((value) => {
      clearTimeout(timer);
      resolve(value);
    }, (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

async function countedBytes(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  bounds: BodyBounds,
): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const part of body) {
    length += part.byteLength;
    if (length > bounds.maxBytes) throw tooLarge(bounds);
    parts.push(part);
  }
  return await new Blob(parts).bytes();
}

function decode(bytes: Uint8Array): string {
  try {
    return DECODER.decode(bytes);
  } catch (error) {
    throw new AirlockError("invalid_input", "read body: not UTF-8", {
      stage: "request",
      cause: error,
    });
  }
}

function tooLarge({ maxBytes, suggestion }: BodyBounds): AirlockError {
  return new AirlockError("payload_too_large", `read body: more than ${maxBytes} bytes`, {
    stage: "request",
    suggestion: suggestion ?? "Send less, or raise AIRLOCK_MAX_BODY_BYTES.",
    details: { maxBytes },
  });
}

function slow(timeoutMs: number): AirlockError {
  return new AirlockError("invalid_input", `read body: incomplete after ${timeoutMs} ms`, {
    stage: "request",
    suggestion: "Send the whole body promptly.",
  });
}
