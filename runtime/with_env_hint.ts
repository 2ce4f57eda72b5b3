import type { ArtifactManifest } from "../spec/artifact.ts";
import { AirlockError } from "../spec/errors.ts";
import { missingEnvironment, unsentSecrets } from "./call_environment.ts";

/** A tool that fails while lacking what it reads most likely fails because of that. */
export function withEnvHint(
  error: unknown,
  { env, manifest }: { env: Readonly<Record<string, string>>; manifest: ArtifactManifest },
): unknown {
  if (!(error instanceof AirlockError) || error.code !== "tool_error") return error;
  if (error.suggestion !== undefined) return error;
  const missing = missingEnvironment(env, manifest.env);
  const secrets = unsentSecrets(env, manifest);
  const names = missing.length > 0 ? missing : secrets;
  if (names.length === 0) return error;
  return new AirlockError(error.code, error.message, {
    stage: error.stage,
    suggestion: missing.length > 0
      ? `The package requires ${names.join(", ")}: send it in env`
      : `The package reads ${names.join(", ")}: if it needs that, send it in env`,
    details: { ...error.details, missingEnv: names },
    cause: error.cause,
  });
}
