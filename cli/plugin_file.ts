import { AirlockError } from "../spec/errors.ts";
import type { Engine } from "./cli_deps.ts";
import { type PackageTarget, parsePackage } from "./parse_options.ts";

/** A plug-in on this machine, as the command line names it. */
export interface PluginFile {
  readonly wasmFile: string;
}

/** A package, or a file that ends in `.wasm`. */
export function parseTarget(text: string): PackageTarget | PluginFile {
  return text.endsWith(".wasm") ? { wasmFile: text } : parsePackage(text);
}

/**
 * Hands a plug-in's file to the engine, and says how to call it.
 * @throws {AirlockError} `invalid_input` where it cannot be read or is no plug-in.
 */
export async function bringPlugin(
  { wasmFile }: PluginFile,
  engine: Engine,
): Promise<{ readonly packageName: string; readonly source: "wasm" }> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(wasmFile);
  } catch (cause) {
    throw new AirlockError("invalid_input", `read ${wasmFile}: it cannot be read`, {
      stage: "request",
      suggestion: "Name a .wasm file that exists.",
      cause,
    });
  }
  return { packageName: await engine.plugins.storeModule(bytes), source: "wasm" };
}
