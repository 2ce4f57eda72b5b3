import type { ArtifactManifest } from "../spec/artifact.ts";
import { AirlockError } from "../spec/errors.ts";

/** What Deno calls its own refusals: native code is often looked for by way of one. */
const REFUSED_BY_RUNTIME = "NotCapable";

/** A tool that fails while its native code is left out may well fail because of that. */
export function withNativeHint(error: unknown, manifest: ArtifactManifest): unknown {
  if (!(error instanceof AirlockError) || error.code !== "tool_error") return error;
  const packages = manifest.uses.nativePackages ?? [];
  if (packages.length === 0 || error.stage === "encode") return error;
  if (error.suggestion !== undefined && error.details.name !== REFUSED_BY_RUNTIME) return error;
  return new AirlockError(error.code, error.message, {
    stage: error.stage,
    suggestion: `Native code is never loaded, and ${packages.join(", ")} has some: ` +
      "use a package that does without",
    details: { ...error.details, nativePackages: packages },
    cause: error.cause,
  });
}
