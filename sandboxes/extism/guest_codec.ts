import { isJsonObject, type JsonValue } from "../../spec/json.ts";
import type { PluginFormat } from "../../spec/plugin.ts";
import { toBase64 } from "../guest/base64.ts";
import { utf8 } from "./guest_plugin_http.ts";

/** Raised when parameters are not what the plug-in's declared format needs. */
export class InputFormatError extends Error {
  override readonly name = "InputFormatError";
}

/** Raised when what a plug-in put out is not in its declared format. */
export class OutputFormatError extends Error {
  override readonly name = "OutputFormatError";
}

const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * What a plug-in reads as its input. `auto`: a string as it is, anything else as JSON. `text` and
 * `base64` take a string, or an object with the string as `input`, since many callers can only send
 * objects.
 *
 * @throws {InputFormatError}
 */
export function encodeInput(params: JsonValue, format: PluginFormat): Uint8Array {
  if (format === "json") return utf8(JSON.stringify(params));
  const text = textOf(params);
  if (format === "auto") return utf8(typeof params === "string" ? params : JSON.stringify(params));
  if (text === undefined) throw new InputFormatError("needs a string, or an object with input");
  return format === "text" ? utf8(text) : fromBase64(text);
}

/**
 * What a plug-in put out, as JSON text. `auto`: JSON, else text, else base64.
 *
 * @throws {OutputFormatError}
 */
export function decodeOutput(bytes: Uint8Array, format: PluginFormat): string {
  if (format === "base64") return JSON.stringify(toBase64(bytes));
  const text = textIn(bytes);
  if (format === "text" && text !== undefined) return JSON.stringify(text);
  if (format === "auto" && bytes.length === 0) return "null";
  if (text !== undefined && isJson(text)) return text;
  if (format === "auto") return JSON.stringify(text ?? { base64: toBase64(bytes) });
  throw new OutputFormatError(format === "json" ? "no JSON" : "no UTF-8 text");
}

function textOf(params: JsonValue): string | undefined {
  const value = isJsonObject(params) ? params.input : params;
  return typeof value === "string" ? value : undefined;
}

function textIn(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    // Not UTF-8: the caller decides what that means.
    return undefined;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // Then it is text.
  }
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new InputFormatError("needs base64");
  }
}
