import type { CallOutcome } from "./call_tool.ts";
import { type CollectOptions, collectStream } from "./collect_stream.ts";
import { encodeResult } from "./encode_result.ts";
import { openIterator } from "./open_iterator.ts";
import { objectToString } from "./primordials.ts";
import { describeBlob, describeResponse } from "./read_body.ts";

/** How {@linkcode settleResult} may go. */
export type SettleOptions = Omit<CollectOptions, "lastItemIsResult">;

/**
 * The JSON text of what a tool returned, whatever it returned: streams, generators and async
 * iterables are read to their end (see `collectStream`), a `Response` becomes
 * `{ status, headers, body }`, a `Blob` or `File` `{ type, size, name?, base64 }`, and all else is
 * encoded by `encodeResult`.
 *
 * @throws {EncodeError} when something in it cannot be said in JSON.
 * @throws {OutputTooLargeError} when it is too large.
 * @throws whatever a stream throws while it is read.
 */
export async function settleResult(
  { value, lastItemIsResult }: CallOutcome,
  options: SettleOptions,
): Promise<string> {
  if (typeof value !== "object" || value === null) return encodeResult(value, options);
  const tag = tagOf(value);
  if (tag === "[object Response]") {
    return encodeResult(await describeResponse(value, options), options);
  }
  if (tag === "[object Blob]" || tag === "[object File]") {
    return encodeResult(await describeBlob(value, options), options);
  }
  const iterator = openIterator(value);
  if (iterator === null) return encodeResult(value, options);
  return await collectStream(iterator, {
    ...options,
    // The items of a `ReadableStream` are its parts, even when an AI SDK tool returns it.
    lastItemIsResult: lastItemIsResult && tag !== "[object ReadableStream]",
  });
}

function tagOf(value: object): string {
  try {
    return objectToString(value);
  } catch {
    // A proxy that refuses to be looked at: `encodeResult` will say so.
    return "";
  }
}
