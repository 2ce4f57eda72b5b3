import type { AirlockError } from "../../spec/errors.ts";
import { esmError, quoted } from "./esm_error.ts";

/** What a module is, by the content type it was served with. */
export type ContentKind = "javascript" | "json" | "css" | "wasm" | "other";

const KINDS: Readonly<Record<string, ContentKind>> = {
  "application/javascript": "javascript",
  "application/x-javascript": "javascript",
  "application/ecmascript": "javascript",
  "text/javascript": "javascript",
  "text/ecmascript": "javascript",
  "application/json": "json",
  "text/json": "json",
  "text/css": "css",
  "application/wasm": "wasm",
};

const EXTENSIONS: Readonly<Record<ContentKind, string>> = {
  javascript: ".mjs",
  json: ".json",
  css: ".css",
  wasm: ".wasm",
  other: ".bin",
};

/** The essence of a `content-type` header: lower case, no parameters; empty where absent. */
export function essenceOf(header: string | null): string {
  return (header ?? "").split(";", 1)[0]!.trim().toLowerCase();
}

/** The kind of a content type without parameters. */
export function contentKind(essence: string): ContentKind {
  if (essence.endsWith("+json")) return "json";
  return Object.hasOwn(KINDS, essence) ? KINDS[essence]! : "other";
}

/** File extension, with its dot, under which a kind is stored. */
export function extensionOf(kind: ContentKind): string {
  return EXTENSIONS[kind];
}

/**
 * The text of a module (`null` for wasm), once its bytes were found to be what the content type
 * claims.
 * @throws {AirlockError} `artifact_failed` at stage `fetch`.
 */
export function decodeModule(
  bytes: Uint8Array,
  options: { readonly kind: ContentKind; readonly essence: string; readonly path: string },
): string | null {
  const { kind, path } = options;
  if (kind === "other") {
    throw badContent(path, `the origin answered ${quoted(options.essence)}, which is not a module`);
  }
  if (kind === "wasm") {
    if (bytes[0] !== 0 || bytes[1] !== 0x61 || bytes[2] !== 0x73 || bytes[3] !== 0x6d) {
      throw badContent(path, "served as WebAssembly, but it is not");
    }
    return null;
  }
  const text = decodeText(bytes);
  if (text === undefined) throw badContent(path, "not valid UTF-8");
  if (kind === "javascript" && /^\s*<(?:!doctype|html|\?xml|!--)/i.test(text.slice(0, 512))) {
    throw badContent(path, "served as JavaScript, but it is a web page");
  }
  if (kind === "json" && !isJson(text)) throw badContent(path, "served as JSON, but it is not");
  return text;
}

/** The error for a module whose content is not usable. */
export function badContent(
  path: string,
  state: string,
  options: { readonly cause?: unknown } = {},
): AirlockError {
  return esmError({ reason: "bad_content", message: `Fetch ${quoted(path)}: ${state}` }, {
    stage: "fetch",
    suggestion: "Check the package at the esm origin, or take it from npm",
    details: { path },
    cause: options.cause,
  });
}

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // Only a decoding failure can throw here, and `undefined` says exactly that.
    return undefined;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Only a syntax error can throw here, and `false` says exactly that.
    return false;
  }
}
