import type { Artifact } from "../../spec/artifact.ts";
import { callEnvironment } from "../call_environment.ts";
import { effectiveLimits, effectivePermissions } from "../call_policy.ts";
import { toolNameIn } from "../tool_name.ts";
import type { Call, PlannedCall } from "./call.ts";

/**
 * Stage: decides what the call may do, how much it may use, what environment it sees and which tool
 * it means.
 * @throws {AirlockError} `permission_denied`, `invalid_input`.
 */
export function planCall(call: Call, artifact: Artifact): PlannedCall {
  const { request, record, context: { grant } } = call;
  const policy = { ...call.tools.policy, grant };
  record.stage = "select";
  const { manifest, codeDirectory } = artifact;
  const permissions = effectivePermissions(request.permissions, manifest.needs, policy);
  const limits = effectiveLimits(request.limits, manifest.needs.limits, policy);
  const env = callEnvironment(request.env, manifest.env, grant?.secrets);
  const tree = manifest.form === "tree" ? codeDirectory : undefined;
  return {
    ...call,
    artifact,
    toolName: toolNameIn(manifest, request.name),
    env,
    need: { permissions, limits, tree },
  };
}
