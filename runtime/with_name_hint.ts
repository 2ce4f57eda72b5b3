import type { ArtifactManifest } from "../spec/artifact.ts";
import { AirlockError } from "../spec/errors.ts";
import { nearestName } from "../spec/nearest_name.ts";

/** Who misspelt a tool, or named an export that is none, is told so. */
export function withNameHint(
  error: unknown,
  { toolName, manifest }: { readonly toolName: string; readonly manifest: ArtifactManifest },
): unknown {
  if (!(error instanceof AirlockError) || error.code !== "tool_not_found") return error;
  const exported = toolName.replace(/^default\./, "");
  const isOther = manifest.otherExports.includes(exported);
  const near = nearestName(toolName, manifest.tools.map(({ name }) => name));
  if (!isOther && near === undefined) return error;
  const state = `Finding the tool ${toolName}: it is exported, but no tool`;
  return new AirlockError(error.code, isOther ? state : error.message, {
    stage: error.stage,
    suggestion: isOther
      ? `A class is called by one of its methods, such as ${exported}.method; ` +
        "POST /describe-tool lists what is a tool"
      : `Did you mean ${near}? POST /describe-tool lists every tool`,
    details: error.details,
    cause: error.cause,
  });
}
