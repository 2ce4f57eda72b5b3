import { badRequest, limitReached } from "./egress_errors.ts";
import type { EgressLimits } from "./egress_limits.ts";

/** The next piece, `null` at the end. @throws {AirlockError} when the stream fails or is too long. */
export type NextPiece = () => Promise<Uint8Array | null>;

/** A request body that can be sent again while it is small. */
export interface RequestBody {
  /** Whether it was read to its end, or cancelled. */
  readonly ended: boolean;
  /** Reads from the beginning. Readers opened before must not read on: they throw. */
  open(): NextPiece;
  /** Reads what is missing, to send all of it again; `false` where it is too large for that. */
  complete(): Promise<boolean>;
  /** Tells whoever writes the stream that nobody reads on. */
  cancel(reason: unknown): void;
}

/** A body that is whole already. @throws {AirlockError} `resource_limit` where it is too long. */
export function wholeRequestBody(bytes: Uint8Array, limits: EgressLimits): RequestBody {
  if (bytes.byteLength > limits.requestBodyBytes) {
    throw limitReached("requestBodyBytes", limits.requestBodyBytes);
  }
  let ended = false;
  return {
    get ended() {
      return ended;
    },
    open() {
      const left = [bytes];
      ended = false;
      return () => {
        const piece = left.pop() ?? null;
        ended ||= piece === null;
        return Promise.resolve(piece);
      };
    },
    complete: () => Promise.resolve(bytes.byteLength <= limits.replayBodyBytes),
    cancel: () => void (ended = true),
  };
}

/** Takes ownership of `stream`: end it by reading to the end or by `cancel`. */
export function createRequestBody(
  stream: ReadableStream<Uint8Array>,
  limits: EgressLimits,
): RequestBody {
  const reader = stream.getReader();
  const kept: Uint8Array[] = [];
  let bytes = 0;
  let ended = false;
  let current = 0;
  let reading: Promise<unknown> = Promise.resolve();

  async function read(): Promise<Uint8Array | null> {
    if (ended) return null;
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw badRequest("reading the request body failed", cause);
    });
    if (done) {
      ended = true;
      return null;
    }
    if (!(value instanceof Uint8Array)) throw badRequest("the request body holds other than bytes");
    bytes += value.byteLength;
    if (bytes > limits.requestBodyBytes) {
      throw limitReached("requestBodyBytes", limits.requestBodyBytes);
    }
    if (bytes <= limits.replayBodyBytes) kept.push(value);
    return value;
  }

  function open(): NextPiece {
    const self = ++current;
    let position = 0;
    return async () => {
      if (self !== current) throw badRequest("the request body is being sent again");
      if (position < kept.length) return kept[position++]!;
      const piece = read();
      reading = piece;
      const result = await piece;
      position = kept.length;
      return result;
    };
  }

  async function complete(): Promise<boolean> {
    current++;
    // An earlier hop may still wait for a piece; it is kept like the others.
    await reading;
    while (!ended && bytes <= limits.replayBodyBytes) await read();
    return bytes <= limits.replayBodyBytes;
  }

  return {
    get ended() {
      return ended;
    },
    open,
    complete,
    cancel(reason) {
      const wasEnded = ended;
      ended = true;
      if (wasEnded) return;
      reader.cancel(reason).catch(() => {
        // The tool's stream may fail while being cancelled; nobody is left to tell.
      });
    },
  };
}
