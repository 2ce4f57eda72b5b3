import type { Config } from "../config.ts";
import { parseImportUrl } from "../registry/esm/import_url.ts";
import type { PreparedArtifact, PrepareFor } from "../runtime/artifact/prepare_artifact.ts";
import { effectiveLimits, effectivePermissions } from "../runtime/call_policy.ts";
import { explainChoice, type ExplainTools } from "../runtime/selection/explain_choice.ts";
import { toolNameIn } from "../runtime/tool_name.ts";
import type { DescribeContext, Describer, DescribeRequest } from "../spec/description.ts";
import { mergeWishes } from "../spec/runtime_wish.ts";
import { callPolicy } from "./call_policy_of.ts";

/** Answers what is asked about packages, without running a tool of them. */
export function createDescriber(
  config: Config,
  tools: ExplainTools & { readonly prepare: PrepareFor },
): Describer {
  const prepare = async (
    request: DescribeRequest,
    { tenant, signal, onProgress }: DescribeContext,
  ): Promise<PreparedArtifact> => {
    const wish = request.importUrl === undefined
      ? { ...request, source: request.source ?? config.defaultSource }
      : { ...packageOf(request.importUrl, new URL(config.esmOrigin)), source: "esm" as const };
    return await tools.prepare(wish, { tenant, signal, progress: onProgress });
  };
  const policy = callPolicy(config);
  return {
    async describe(request, context) {
      using prepared = await prepare(request, context);
      const { digest, manifest, lock, sizeBytes } = prepared.artifact;
      return { digest, manifest, lock, sizeBytes };
    },
    async explain({ name, runtime, ...request }, context) {
      using prepared = await prepare(request, context);
      const { artifact } = prepared;
      const { needs } = artifact.manifest;
      return explainChoice({
        artifact,
        tool: name === undefined ? null : toolNameIn(artifact.manifest, name),
        wanted: runtime,
        wish: mergeWishes({}, { ...needs, preferred: needs.runtime }),
        permissions: effectivePermissions(undefined, needs, policy),
        limits: effectiveLimits(undefined, needs.limits, policy),
      }, tools);
    },
  };
}

/** The package that an older caller's URL names. */
export function packageOf(
  importUrl: string,
  origin: URL,
): { packageName: string; version?: string } {
  const { packageName, version, subpath } = parseImportUrl(importUrl, origin);
  return {
    packageName: subpath === undefined ? packageName : `${packageName}/${subpath}`,
    version,
  };
}
