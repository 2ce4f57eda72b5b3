import { bytesOf, toBase64 } from "./base64.ts";
import { OutputTooLargeError } from "./guest_errors.ts";
import { joinBytes } from "./join_bytes.ts";
import { openIterator } from "./open_iterator.ts";
import { append, jsonParse, reflectApply, regExpExec, safeGet } from "./primordials.ts";
import { isFunction } from "./recognise_tool.ts";

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i;
const TEXT_TYPE =
  /^text\/|^application\/(?:[\w.+-]+\+)?(?:xml|yaml|javascript|x-www-form-urlencoded)\b/i;

/** A bound on what is read. */
interface ReadOptions {
  readonly maxBytes: number;
}

/**
 * `{ status, headers, body }` of a `Response`: the body is parsed JSON, text, or base64 of anything
 * that its content type does not call text; text where there is no content type, `null` where
 * there is no body.
 *
 * @throws {OutputTooLargeError} when the body is longer than `maxBytes`.
 */
export async function describeResponse(response: object, options: ReadOptions): Promise<object> {
  const headers = safeGet(response, "headers");
  const get = safeGet(headers, "get");
  const contentType: unknown = isFunction(get)
    ? reflectApply(get, headers, ["content-type"])
    : null;
  const bytes = await readBytes(safeGet(response, "body"), options);
  return {
    __proto__: null,
    status: safeGet(response, "status"),
    headers,
    body: bytes === null
      ? null
      : decodeBody(bytes, typeof contentType === "string" ? contentType : ""),
  };
}

/**
 * `{ type, size, name?, base64 }` of a `Blob` or `File`.
 *
 * @throws {OutputTooLargeError} when it is longer than `maxBytes`.
 */
export async function describeBlob(blob: object, options: ReadOptions): Promise<object> {
  const stream = safeGet(blob, "stream");
  const bytes = isFunction(stream)
    ? await readBytes(reflectApply(stream, blob, []), options)
    : null;
  const name = safeGet(blob, "name");
  return {
    __proto__: null,
    type: safeGet(blob, "type"),
    size: safeGet(blob, "size"),
    ...(typeof name === "string" ? { name } : {}),
    base64: bytes === null ? "" : toBase64(bytes),
  };
}

async function readBytes(body: unknown, { maxBytes }: ReadOptions): Promise<Uint8Array | null> {
  const iterator = openIterator(body);
  if (iterator === null) return null;
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let item = await iterator.next(); item !== null; item = await iterator.next()) {
    const bytes = typeof item.value === "object" && item.value !== null
      ? bytesOf(item.value)
      : null;
    if (bytes === null) throw new TypeError("read body: a part of it is not bytes");
    length += bytes.byteLength;
    if (length > maxBytes) {
      iterator.close();
      throw new OutputTooLargeError(maxBytes);
    }
    append(parts, joinBytes([bytes]));
  }
  return joinBytes(parts);
}

function decodeBody(bytes: Uint8Array, contentType: string): unknown {
  const isJson = regExpExec(JSON_TYPE, contentType) !== null;
  if (!isJson && contentType !== "" && regExpExec(TEXT_TYPE, contentType) === null) {
    return toBase64(bytes);
  }
  const text = new TextDecoder().decode(bytes);
  if (!isJson) return text;
  try {
    return jsonParse(text);
  } catch {
    // Not what its content type says: shown as it came.
    return text;
  }
}
