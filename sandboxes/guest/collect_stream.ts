import { bytesOf, toBase64 } from "./base64.ts";
import { encodeResult } from "./encode_result.ts";
import { EncodeError, OutputTooLargeError } from "./guest_errors.ts";
import { joinBytes } from "./join_bytes.ts";
import type { OpenIterator } from "./open_iterator.ts";
import { append, arrayJoin, jsonStringify, stringSlice } from "./primordials.ts";
import { utf8Length } from "./utf8_length.ts";

/** How a stream is collected. */
export interface CollectOptions {
  /** UTF-8 bytes of all items' JSON texts together. */
  readonly maxBytes: number;
  /**
   * Given each item's JSON text in order. The next item is asked for once its promise settles, so
   * whoever is slow here slows the tool.
   */
  readonly onChunk?: (jsonText: string) => void | Promise<void>;
  /** Stops between two items. */
  readonly signal?: AbortSignal;
  /** The last item is the result, as in the AI SDK; otherwise all of them are. */
  readonly lastItemIsResult: boolean;
}

/**
 * Reads a stream to its end and answers with the JSON text of its result: the concatenated string
 * where every item is a string, the concatenated bytes as base64 where every item is bytes, else an
 * array of the items; or the last item alone. The result is not counted again: `maxBytes` bounds
 * what the items encode to. The producer is closed whatever happens.
 *
 * @throws {EncodeError} with a path like `$[3].fn`.
 * @throws {OutputTooLargeError} as soon as the items together are too large.
 * @throws whatever the producer throws, and the signal's reason.
 */
export async function collectStream(
  iterator: OpenIterator,
  options: CollectOptions,
): Promise<string> {
  const collected = new Collected(options);
  try {
    for (;;) {
      options.signal?.throwIfAborted();
      const item = await iterator.next();
      if (item === null) return collected.result();
      const text = collected.add(item.value);
      await options.onChunk?.(text);
    }
  } catch (error) {
    iterator.close();
    throw error;
  }
}

class Collected {
  readonly #options: CollectOptions;
  readonly #texts: string[] = [];
  readonly #strings: string[] = [];
  readonly #bytes: Uint8Array[] = [];
  #count = 0;
  #usedBytes = 0;
  #last = "null";

  constructor(options: CollectOptions) {
    this.#options = options;
  }

  /** The JSON text of `item`, remembered. */
  add(item: unknown): string {
    const text = this.#encode(item);
    this.#usedBytes += utf8Length(text) + 1;
    if (this.#usedBytes > this.#options.maxBytes) throw this.#tooLarge();
    this.#last = text;
    this.#count++;
    if (this.#options.lastItemIsResult) return text;
    append(this.#texts, text);
    const bytes = typeof item === "object" && item !== null ? bytesOf(item) : null;
    if (typeof item === "string") append(this.#strings, item);
    // A copy: producers fill one buffer again and again.
    else if (bytes !== null) append(this.#bytes, joinBytes([bytes]));
    return text;
  }

  result(): string {
    if (this.#options.lastItemIsResult) return this.#last;
    if (this.#count > 0 && this.#strings.length === this.#count) {
      return jsonStringify(arrayJoin(this.#strings, ""));
    }
    if (this.#count > 0 && this.#bytes.length === this.#count) {
      return `"${toBase64(joinBytes(this.#bytes))}"`;
    }
    return `[${arrayJoin(this.#texts, ",")}]`;
  }

  #encode(item: unknown): string {
    try {
      return encodeResult(item, { maxBytes: this.#options.maxBytes - this.#usedBytes });
    } catch (error) {
      if (OutputTooLargeError.isOwn(error)) throw this.#tooLarge();
      if (!EncodeError.isOwn(error)) throw error;
      throw new EncodeError(`$[${this.#count}]${stringSlice(error.path, 1)}`, error.reason);
    }
  }

  #tooLarge(): OutputTooLargeError {
    return new OutputTooLargeError(this.#options.maxBytes);
  }
}
