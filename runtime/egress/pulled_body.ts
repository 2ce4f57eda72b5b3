import type { IncomingMessage } from "node:http";
import { type BodyOptions, flowBody, READ_AHEAD_BYTES } from "./body_flow.ts";

/** A body without the cost of a web stream. Read it to its end or cancel it. */
export interface PulledBody {
  /** The next piece, `null` at the end. Ask for one at a time. */
  next(): Promise<Uint8Array | null>;
  cancel(): void;
}

/** `incoming` in pieces: decoded, counted, read no faster than they are asked for. */
export function pulledBody(
  incoming: IncomingMessage,
  encodings: readonly string[],
  options: BodyOptions,
): PulledBody {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  let outcome: { readonly error?: unknown } | undefined;
  let waiting: PromiseWithResolvers<Uint8Array | null> | undefined;
  const settle = (end: { readonly error?: unknown }) => {
    outcome = end;
    if ("error" in end) waiting?.reject(end.error);
    else waiting?.resolve(null);
    waiting = undefined;
  };
  const flow = flowBody(incoming, encodings, {
    ...options,
    taker: {
      piece(piece) {
        if (waiting !== undefined) {
          waiting.resolve(piece);
          waiting = undefined;
          return true;
        }
        pieces.push(piece);
        bytes += piece.byteLength;
        return bytes < READ_AHEAD_BYTES;
      },
      closed: () => settle({}),
      failed(error) {
        // As with a stream: what was not read yet is lost.
        pieces.length = 0;
        settle({ error });
      },
    },
  });
  return {
    next() {
      const piece = pieces.shift();
      if (piece !== undefined) {
        bytes -= piece.byteLength;
        if (outcome === undefined) flow.resume();
        return Promise.resolve(piece);
      }
      if (outcome !== undefined) {
        return "error" in outcome ? Promise.reject(outcome.error) : Promise.resolve(null);
      }
      waiting = Promise.withResolvers();
      flow.resume();
      return waiting.promise;
    },
    cancel() {
      pieces.length = 0;
      if (outcome === undefined) settle({});
      flow.cancel();
    },
  };
}
