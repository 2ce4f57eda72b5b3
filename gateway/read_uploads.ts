import type { InlineCode } from "../registry/inline/inline_code.ts";
import { INLINE_PLUGIN_LIMITS } from "../registry/inline/inline_plugin.ts";
import { AirlockError } from "../spec/errors.ts";
import type { PluginUploads } from "../spec/plugin.ts";

/** What `POST /artifacts/wasm` answers as packageName; no base64 has a hyphen. */
const UPLOAD = /^sha256-[0-9a-f]{64}$/;

/**
 * The code with the bytes of earlier uploads in place of their names: what is kept of it stands for
 * itself from then on. Reads no more than one upload beyond what a plug-in may have.
 * @throws {AirlockError} `invalid_input` for a name that nothing was uploaded under.
 */
export async function readUploads(
  code: InlineCode,
  { readModule }: Pick<PluginUploads, "readModule">,
): Promise<InlineCode> {
  const entries = Object.entries(code.modules ?? {});
  const named = entries.filter(([, text]) => UPLOAD.test(text));
  if (named.length === 0 || entries.length > INLINE_PLUGIN_LIMITS.modules) return code;
  const modules = { ...code.modules };
  let bytes = 0;
  for (const [name, upload] of named) {
    if (bytes > INLINE_PLUGIN_LIMITS.bytes) break;
    const module = await readModule(upload);
    if (module === undefined) throw notUploaded(name);
    bytes += module.length;
    modules[name] = module.toBase64();
  }
  return { ...code, modules };
}

function notUploaded(name: string): AirlockError {
  return new AirlockError("invalid_input", `read uploads: there is none for module ${name}`, {
    stage: "request",
    suggestion: "Send the module to POST /artifacts/wasm first, and its packageName here",
  });
}
