import { join } from "node:path";
import type { Config } from "../config.ts";
import { storeManifest, storeModule, WASM_NAME_PREFIX } from "../registry/wasm/store_plugin.ts";
import { UploadShelf } from "../registry/wasm/upload_shelf.ts";
import { createWasmSource, type WasmSourceOptions } from "../registry/wasm/wasm_source.ts";
import type { PackageSource } from "../spec/artifact.ts";
import type { PluginUploads } from "../spec/plugin.ts";

/** Bytes of all uploaded plug-ins together. */
const UPLOAD_SHELF_BYTES = 1024 * 1024 * 1024;

/** Where uploaded plug-ins are kept, and the source that gives them out again. */
export function openPlugins(
  config: Config,
  { openEgress }: Pick<WasmSourceOptions, "openEgress">,
): { readonly uploads: PluginUploads; readonly source: PackageSource } {
  const shelf = new UploadShelf({
    directory: join(config.dataDirectory, "wasm"),
    maxBytes: UPLOAD_SHELF_BYTES,
  });
  return {
    uploads: {
      storeModule: (bytes) => storeModule(shelf, bytes),
      storeManifest: (manifest) => storeManifest(shelf, manifest),
      readModule: (packageName) => shelf.get(packageName.slice(WASM_NAME_PREFIX.length)),
    },
    source: createWasmSource({ shelf, openEgress }),
  };
}
