import { OutputTooLargeError } from "./guest_errors.ts";
import { measurePlain, NOT_PLAIN } from "./plain_json.ts";
import { jsonStringify } from "./primordials.ts";
import { utf8Length } from "./utf8_length.ts";
import { writeValue } from "./write_value.ts";

/** How far {@linkcode encodeResult} may go. */
export interface EncodeOptions {
  /** UTF-8 bytes of the JSON text. */
  readonly maxBytes: number;
}

/**
 * The JSON text of whatever a tool returned. The one encoding of every runtime:
 *
 * - JSON values as they are; `undefined` → `null` on top, left out of objects, `null` in arrays
 * - `NaN` and infinities → `null`; `BigInt` → decimal string; boxed primitives → their primitive
 * - `Date` → ISO 8601 string, `null` when invalid; `RegExp` → `/source/flags`; `URL` → its `href`
 * - `Map` → object when every key is a string, else array of `[key, value]`; `Set` → array
 * - `ArrayBuffer`, typed arrays, `DataView`, Node `Buffer` → base64 string
 * - `Error`, `DOMException` → `{ name, message, cause? }`
 * - `Headers`, `URLSearchParams`, `FormData` → object; a repeated name → array of its values
 * - other objects → what their own or inherited `toJSON` returns, else own enumerable properties
 *   (`__proto__` is a key like any other); symbol keys are left out
 *
 * Functions, symbols, cycles, promises, streams, `Blob`s and `Response`s *inside* a value, nesting
 * deeper than 256 and getters that throw are errors that say where. Runs no `toJSON` that the tool
 * planted on a built-in prototype.
 *
 * @throws {EncodeError} when something in `value` cannot be said in JSON.
 * @throws {OutputTooLargeError} before more than about `maxBytes` characters are built.
 */
export function encodeResult(value: unknown, options: EncodeOptions): string {
  const { maxBytes } = options;
  const text = encodePlain(value, maxBytes) ?? writeValue(value, maxBytes);
  if (text.length > maxBytes || (text.length * 3 > maxBytes && utf8Length(text) > maxBytes)) {
    throw new OutputTooLargeError(maxBytes);
  }
  return text;
}

/** The fast way: one look through the value, then the engine's own writer. */
function encodePlain(value: unknown, maxBytes: number): string | null {
  if (value === undefined) return "null";
  try {
    const atLeast = measurePlain(value, maxBytes);
    if (atLeast === NOT_PLAIN) return null;
    if (atLeast > maxBytes) throw new OutputTooLargeError(maxBytes);
    return jsonStringify(value);
  } catch (error) {
    if (OutputTooLargeError.isOwn(error)) throw error;
    // A getter or a proxy threw: the slow way reads it again and says where.
    return null;
  }
}
