import { AirlockError } from "../../spec/errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../spec/json.ts";
import type { UploadShelf } from "./upload_shelf.ts";

/** What stands before the digest of a plug-in in its package name. */
export const WASM_NAME_PREFIX = "sha256-";

const MAX_MODULES = 16;
const HEX_DIGEST = /^[0-9a-f]{64}$/i;

/**
 * Stores an uploaded WebAssembly module.
 * @returns The name by which it is called, with source `wasm`.
 * @throws {AirlockError} `invalid_input` for what is no module, and what the shelf throws.
 */
export async function storeModule(shelf: UploadShelf, bytes: Uint8Array): Promise<string> {
  if (![0, 0x61, 0x73, 0x6d].every((byte, index) => bytes[index] === byte)) {
    throw wrong("it is no WebAssembly module", "Send the bytes of a .wasm file");
  }
  return WASM_NAME_PREFIX + await shelf.put(bytes);
}

/**
 * Stores an Extism manifest with Airlock's `tools`. Modules in it are named by the `hash` of an
 * earlier upload, by `url` with `hash`, or stand in it as base64 `data`.
 * @returns The name by which the plug-in is called, with source `wasm`.
 * @throws {AirlockError} `invalid_input` naming the entry that is wrong, and what the shelf throws.
 */
export async function storeManifest(shelf: UploadShelf, manifest: JsonObject): Promise<string> {
  const { wasm } = manifest;
  if (!Array.isArray(wasm) || wasm.length === 0 || wasm.length > MAX_MODULES) {
    throw wrong(
      `wasm needs 1 to ${MAX_MODULES} modules`,
      "See /docs for the members of a manifest",
    );
  }
  const modules: JsonValue[] = [];
  for (const [index, entry] of wasm.entries()) {
    modules.push(await storeEntry(shelf, { entry, at: `wasm.${index}` }));
  }
  const text = JSON.stringify({ ...manifest, wasm: modules });
  return WASM_NAME_PREFIX + await shelf.put(new TextEncoder().encode(text));
}

async function storeEntry(
  shelf: UploadShelf,
  { entry, at }: { readonly entry: JsonValue; readonly at: string },
): Promise<JsonObject> {
  if (!isJsonObject(entry)) throw wrong(`${at} needs an object`, "Give each module hash or data");
  const { name, hash, url, data } = entry;
  const said = typeof hash === "string" && HEX_DIGEST.test(hash) ? hash.toLowerCase() : undefined;
  const kept: JsonObject = typeof name === "string" ? { name } : {};
  if (typeof data === "string") {
    const stored = await storeModule(shelf, fromBase64(data, at));
    const digest = stored.slice(WASM_NAME_PREFIX.length);
    if (said !== undefined && said !== digest) {
      throw wrong(`${at}.data has another hash`, "Leave out hash, or mend it");
    }
    return { ...kept, hash: digest };
  }
  if (said === undefined) {
    throw wrong(`${at} needs a hash`, "Give the SHA-256 of the module in hex as hash");
  }
  if (url === undefined || url === null) return { ...kept, hash: said };
  if (typeof url !== "string" || !/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw wrong(`${at}.url is no http(s) URL`, "Give the address of the module");
  }
  return { ...kept, hash: said, url };
}

function fromBase64(text: string, at: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw wrong(`${at}.data is no base64`, "Encode the module's bytes as base64");
  }
}

function wrong(state: string, suggestion: string): AirlockError {
  return new AirlockError("invalid_input", `Storing the plug-in: ${state}`, {
    stage: "request",
    suggestion,
  });
}
