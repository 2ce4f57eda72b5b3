import { join } from "node:path";
import { addInlineSchema, inlineCode } from "../gateway/schemas/add_tool_schema.ts";
import { parseWith } from "../gateway/schemas/parse_with.ts";
import type { InlineCode } from "../registry/inline/inline_code.ts";
import { INLINE_PLUGIN_LIMITS } from "../registry/inline/inline_plugin.ts";
import { AirlockError } from "../spec/errors.ts";

/**
 * Reads the modules of a plug-in below a directory, the first of which is the main one.
 * @throws {AirlockError} `invalid_input` for one that cannot be read or is too large.
 */
export async function readInlinePlugin(
  directory: string,
  paths: readonly string[],
  { manifestFile }: { readonly manifestFile?: string } = {},
): Promise<InlineCode> {
  const modules: Record<string, string> = {};
  for (const path of paths) modules[path] = (await read(join(directory, path))).toBase64();
  const plugin = manifestFile === undefined ? null : parseJson(await read(manifestFile));
  return inlineCode(parseWith(addInlineSchema, { modules, entry: paths[0], plugin }));
}

async function read(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { size } = await Deno.stat(path);
    if (size > INLINE_PLUGIN_LIMITS.bytes) throw unreadable(path, "it is too large");
    return await Deno.readFile(path);
  } catch (cause) {
    if (cause instanceof AirlockError) throw cause;
    throw unreadable(path, "it cannot be read", cause);
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw unreadable("the manifest", "it is no JSON", cause);
  }
}

function unreadable(path: string, state: string, cause?: unknown): AirlockError {
  return new AirlockError("invalid_input", `read ${path}: ${state}`, {
    stage: "request",
    suggestion: "Name .wasm files below --directory.",
    cause,
  });
}
