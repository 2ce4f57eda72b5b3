import type { BuiltArtifact, RuntimeVerdict } from "../../spec/artifact.ts";

/** Deno runs whatever JavaScript could be built. */
export function judgeDeno({ form }: BuiltArtifact): RuntimeVerdict {
  if (form !== "wasm") return { runtime: "deno", ok: true };
  return { runtime: "deno", ok: false, reason: "it is a WebAssembly plug-in" };
}
