import { join } from "node:path";
import { AirlockError } from "../spec/errors.ts";
import { INLINE_LIMITS, type InlineCode } from "../registry/inline/inline_code.ts";

/**
 * Reads source files below a directory, the first of which is the entry.
 * @throws {AirlockError} `invalid_input` for one that cannot be read or is too large.
 */
export async function readInlineFiles(
  directory: string,
  paths: readonly string[],
): Promise<InlineCode> {
  const files: Record<string, string> = {};
  for (const path of paths) {
    try {
      const { size } = await Deno.stat(join(directory, path));
      if (size > INLINE_LIMITS.bytes) throw unreadable(path, "it is too large");
      files[path] = await Deno.readTextFile(join(directory, path));
    } catch (cause) {
      if (cause instanceof AirlockError) throw cause;
      throw unreadable(path, "it cannot be read", cause);
    }
  }
  return { files, entry: paths[0] ?? "", dependencies: {}, packageJson: {} };
}

function unreadable(path: string, state: string, cause?: unknown): AirlockError {
  return new AirlockError("invalid_input", `read ${path}: ${state}`, {
    stage: "request",
    suggestion: "Name text files below --directory.",
    cause,
  });
}
