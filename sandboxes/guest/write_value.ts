import { base64Length, bytesOf, toBase64 } from "./base64.ts";
import { convertObject } from "./convert_object.ts";
import { EncodeError, OutputTooLargeError } from "./guest_errors.ts";
import { childPath } from "./json_path.ts";
import {
  bigintToString,
  isArray,
  isFiniteNumber,
  jsonStringify,
  objectKeys,
  reflectGet,
  setAdd,
  SetCtor,
  setDelete,
  setHas,
  typedArrayByteLength,
} from "./primordials.ts";
import { describeFailure } from "./tool_failure.ts";

/** Deeper nesting is refused: whoever reads the text may have a small stack. */
const MAX_RESULT_DEPTH = 256;

/** Left out of objects, `null` elsewhere. */
const OMITTED = null;

/**
 * Writes any value as JSON text, one piece at a time, by the rules of `encodeResult`.
 *
 * @throws {EncodeError} when something in `value` cannot be said in JSON.
 * @throws {OutputTooLargeError} once more than `maxBytes` characters are written.
 */
export function writeValue(value: unknown, maxBytes: number): string {
  const writer = new ValueWriter(maxBytes);
  try {
    return writer.write(value) ?? "null";
  } catch (error) {
    if (EncodeError.isOwn(error) || OutputTooLargeError.isOwn(error)) throw error;
    // Thrown by the tool's own getter, `toJSON` or proxy trap.
    throw new EncodeError(writer.path(), `reading threw ${describeFailure(error).message}`);
  }
}

class ValueWriter {
  readonly #maxBytes: number;
  /** Objects being written now, outermost first. */
  readonly #open = new SetCtor<unknown>();
  /** The key under which each level's current item stands; valid up to `#depth`. */
  readonly #steps: (string | number)[] = [];
  #written = 0;
  #depth = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Where the writer stands now. */
  path(): string {
    let path = "$";
    for (let level = 0; level < this.#depth; level++) {
      const step = this.#steps[level];
      if (step !== undefined && step !== HERE) path = childPath(path, step);
    }
    return path;
  }

  /** The text of `value`, or {@linkcode OMITTED} for `undefined`. */
  write(value: unknown, byToJson = false): string | null {
    switch (typeof value) {
      case "undefined":
        return OMITTED;
      case "string":
        this.#charge(value.length);
        return jsonStringify(value);
      case "number":
        this.#charge(1);
        return isFiniteNumber(value) ? jsonStringify(value) : "null";
      case "boolean":
        this.#charge(4);
        return value ? "true" : "false";
      case "bigint":
        return this.#bigint(value);
      case "object":
        return value === null ? "null" : this.#object(value, byToJson);
      default:
        throw new EncodeError(this.path(), `a ${typeof value} is not JSON`);
    }
  }

  #bigint(value: bigint): string {
    const text = bigintToString(value);
    this.#charge(text.length);
    return `"${text}"`;
  }

  #object(value: object, byToJson: boolean): string | null {
    if (setHas(this.#open, value)) {
      throw new EncodeError(this.path(), "a reference to its own parent");
    }
    if (this.#depth === MAX_RESULT_DEPTH) {
      throw new EncodeError(this.path(), `nesting deeper than ${MAX_RESULT_DEPTH}`);
    }
    const key = this.#depth === 0 ? "" : `${this.#steps[this.#depth - 1]}`;
    this.#steps[this.#depth++] = HERE;
    setAdd(this.#open, value);
    const text = this.#converted(value, byToJson ? null : key);
    setDelete(this.#open, value);
    this.#depth--;
    return text;
  }

  #converted(value: object, key: string | null): string | null {
    const bytes = bytesOf(value);
    if (bytes !== null) {
      this.#charge(base64Length(typedArrayByteLength(bytes)));
      return `"${toBase64(bytes)}"`;
    }
    const converted = convertObject(value, key);
    if (converted.kind === "refused") throw new EncodeError(this.path(), converted.reason);
    if (converted.kind !== "plain") {
      return this.write(converted.value, converted.kind === "by-to-json");
    }
    return isArray(value) ? this.#array(value) : this.#properties(value);
  }

  #array(list: object): string {
    const length = listLength(list);
    this.#charge(length);
    const level = this.#depth - 1;
    let text = "[";
    for (let index = 0; index < length; index++) {
      this.#steps[level] = index;
      text += `${index === 0 ? "" : ","}${this.write(reflectGet(list, index)) ?? "null"}`;
    }
    return `${text}]`;
  }

  #properties(value: object): string {
    const keys = objectKeys(value);
    const level = this.#depth - 1;
    let text = "";
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index]!;
      this.#steps[level] = key;
      const itemText = this.write(reflectGet(value, key));
      if (itemText === OMITTED) continue;
      this.#charge(key.length + 4);
      text += `${text === "" ? "" : ","}${jsonStringify(key)}:${itemText}`;
    }
    return `{${text}}`;
  }

  #charge(characters: number): void {
    this.#written += characters;
    if (this.#written > this.#maxBytes) throw new OutputTooLargeError(this.#maxBytes);
  }
}

/** Stands for the object itself in {@linkcode ValueWriter} steps: no item is being read. */
const HERE = -1;

/** A proxy may claim any length. */
function listLength(list: object): number {
  const length: unknown = reflectGet(list, "length");
  return typeof length === "number" && length >= 0 ? length : 0;
}
