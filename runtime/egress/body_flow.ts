import type { IncomingMessage } from "node:http";
import { pipeline, type Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { fromSystemError, limitReached, upstreamFailed } from "./egress_errors.ts";
import type { EgressLimits } from "./egress_limits.ts";

/** Read ahead this far, so that a small body frees its connection even when nobody reads it. */
export const READ_AHEAD_BYTES = 64 * 1024;
const MAX_ENCODINGS = 3;

/** What a response body needs to be handed on. */
export interface BodyOptions {
  readonly host: string;
  readonly limits: EgressLimits;
  /** Ends the body with its reason. */
  readonly signal: AbortSignal;
  /** Counts bytes as they come in. */
  readonly onRaw: (bytes: number) => void;
  /** Counts bytes after decompression; throws to end the body. */
  readonly onDecoded: (bytes: number) => void;
  /** Called once, when the body has ended in whatever way. */
  readonly onEnd: () => void;
}

/**
 * The encodings to undo, outermost first. Empty where there is nothing to undo or where one of them
 * is unknown: the body is then handed on as it came.
 */
export function knownEncodings(header: string | undefined): readonly string[] {
  const names = (header ?? "").toLowerCase().split(",").map((name) => name.trim())
    .filter((name) => name !== "" && name !== "identity");
  return names.every((name) => /^(x-)?gzip$|^deflate$|^br$/.test(name)) ? names.reverse() : [];
}

/** Who takes the pieces of a body. */
export interface BodyTaker {
  /** Takes one; `false` where it wants no more for now. */
  piece(bytes: Uint8Array): boolean;
  closed(): void;
  failed(error: unknown): void;
}

/** A body that comes in as its taker wants it. */
export interface BodyFlow {
  resume(): void;
  /** Ends it; its taker is told nothing. */
  cancel(): void;
}

/** Begins to hand `incoming` to its taker: decoded, counted, no faster than the taker wants it. */
export function flowBody(
  incoming: IncomingMessage,
  encodings: readonly string[],
  options: BodyOptions & { readonly taker: BodyTaker },
): BodyFlow {
  const { host, limits, signal, taker } = options;
  let source: Readable = incoming;
  let ended = false;
  const abort = () => fail(signal.reason);

  function end(): boolean {
    if (ended) return false;
    ended = true;
    signal.removeEventListener("abort", abort);
    options.onEnd();
    return true;
  }

  function fail(error: unknown): void {
    if (!end()) return;
    taker.failed(error);
    source.destroy();
    incoming.destroy();
  }

  const flow: BodyFlow = {
    resume: () => void source.resume(),
    cancel() {
      if (!end()) return;
      source.destroy();
      incoming.destroy();
    },
  };
  const count = limitedCounter(limits.responseBodyBytes, options.onRaw);
  incoming.on("data", (chunk: Uint8Array) => guarded(fail, () => count(chunk.byteLength)));
  if (encodings.length > MAX_ENCODINGS) {
    fail(upstreamFailed(host, { state: "encoded too many times", reason: "encoding" }));
    return flow;
  }
  if (encodings.length > 0) source = decode(incoming, encodings);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) {
    abort();
    return flow;
  }
  const countDecoded = limitedCounter(limits.responseBodyBytes, options.onDecoded);
  source.on("data", (chunk: Uint8Array) =>
    guarded(fail, () => {
      if (ended) return;
      countDecoded(chunk.byteLength);
      const wantsMore = taker.piece(
        new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength),
      );
      if (!wantsMore) source.pause();
    }));
  source.on("error", (error) => fail(fromSystemError(host, error)));
  source.on("end", () => {
    if (end()) taker.closed();
  });
  source.on("close", () => {
    // Every body closes; an error, which costs a look at the stack, is for those that had no end.
    if (ended) return;
    const state = "the connection was closed before the end of the answer";
    fail(upstreamFailed(host, { state, reason: "ECONNRESET" }));
  });
  return flow;
}

function limitedCounter(limitBytes: number, count: (bytes: number) => void) {
  let total = 0;
  return (bytes: number) => {
    total += bytes;
    if (total > limitBytes) throw limitReached("responseBodyBytes", limitBytes);
    count(bytes);
  };
}

function guarded(fail: (error: unknown) => void, action: () => void): void {
  try {
    action();
  } catch (error) {
    fail(error);
  }
}

/** The end of the chain; an error anywhere in the chain is emitted there. */
function decode(incoming: IncomingMessage, encodings: readonly string[]): Readable {
  let last: Readable = incoming;
  for (const encoding of encodings) {
    const decoder = decoderFor(encoding);
    // `pipeline` destroys both sides on an error and passes it on to the decoder.
    last = pipeline(last, decoder, () => {});
  }
  return last;
}

function decoderFor(encoding: string): Transform {
  if (encoding === "br") return createBrotliDecompress();
  return encoding === "deflate" ? createInflate() : createGunzip();
}
