import type { JsonObject, JsonSchema } from "./json.ts";

/**
 * How a plug-in's bytes become JSON or the other way round. `auto` in: a string as it is, anything
 * else as JSON. `auto` out: JSON, else text, else base64.
 */
export type PluginFormat = "auto" | "json" | "text" | "base64";

/** What is said about one export of a plug-in by whoever brought it. */
export interface PluginToolDeclaration {
  readonly description?: string;
  readonly inputSchema?: JsonSchema;
  readonly outputSchema?: JsonSchema;
  readonly input?: PluginFormat;
  readonly output?: PluginFormat;
}

/** One WebAssembly module of a plug-in. */
export interface PluginModule {
  /** What other modules import it as; the main module is the last. */
  readonly name: string;
  /** Name of a file beside the plan. */
  readonly file: string;
}

/** A plug-in ready to be linked: what `plugin.json` in an artifact's code directory holds. */
export interface PluginPlan {
  readonly formatVersion: 1;
  readonly modules: readonly PluginModule[];
  readonly config: Readonly<Record<string, string>>;
  /** Memory that its author bounds it to, beside the bounds of each call. */
  readonly memoryBytes?: number;
  /** Bytes of variables in one call. */
  readonly maxVarBytes?: number;
  /** Largest HTTP response body that its author wants read. */
  readonly maxHttpResponseBytes?: number;
  readonly tools: Readonly<Record<string, PluginToolDeclaration>>;
}

/** Name of the file that holds a {@linkcode PluginPlan}. */
export const PLUGIN_PLAN_FILE = "plugin.json";

/** Takes plug-ins that callers bring. Each is named by the digest of its bytes. */
export interface PluginUploads {
  /**
   * Stores one module.
   * @returns The package name to call it by, with source `wasm`.
   * @throws {AirlockError} `invalid_input`, `payload_too_large`, `resource_limit`.
   */
  storeModule(bytes: Uint8Array): Promise<string>;
  /** The same for an Extism manifest whose modules have `hash`, `url` with `hash`, or `data`. */
  storeManifest(manifest: JsonObject): Promise<string>;
  /** The bytes that a package name stands for; `undefined` where nothing was brought under it. */
  readModule(packageName: string): Promise<Uint8Array | undefined>;
}
