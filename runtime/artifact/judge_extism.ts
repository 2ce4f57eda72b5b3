import type { BuiltArtifact, RuntimeVerdict } from "../../spec/artifact.ts";

/** Extism runs WebAssembly plug-ins; whether their modules link was found out by the probe. */
export function judgeExtism({ form }: BuiltArtifact): RuntimeVerdict {
  if (form === "wasm") return { runtime: "extism", ok: true };
  return { runtime: "extism", ok: false, reason: "it is JavaScript, not a WebAssembly plug-in" };
}
