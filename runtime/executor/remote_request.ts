import { AirlockError } from "../../spec/errors.ts";
import type { ExecutionRequest } from "../../spec/execution.ts";
import type { CallPin } from "../../spec/pin.ts";
import type { Limits } from "../../spec/limits.ts";
import type { Permissions } from "../../spec/permissions.ts";
import type { RuntimeKind } from "../../spec/sandbox.ts";
import { effectiveLimits, effectivePermissions, type GrantedPolicy } from "../call_policy.ts";

/** A request as another executor gets it: permissions and limits are stated, never left to it. */
export type RemoteRequest = Omit<ExecutionRequest, "permissions" | "limits"> & {
  readonly permissions: Permissions;
  readonly limits: Limits;
};

/** What a request is cut down to, and held to. */
export interface RemotePolicy extends GrantedPolicy {
  /** What the tool was pinned to. */
  readonly pin?: Pick<CallPin, "lockHash">;
}

/**
 * Cuts a request down to what the call may do and use.
 * @throws {AirlockError} `permission_denied` where it asks for something that it may not at all.
 */
export function remoteRequest(request: ExecutionRequest, policy: RemotePolicy): RemoteRequest {
  const lockHash = policy.pin?.lockHash ?? request.lockHash;
  const runtimes = policy.grant?.ceiling?.runtimes;
  return {
    ...request,
    ...(lockHash === undefined ? {} : { lockHash }),
    ...(runtimes === undefined ? {} : onlyOn(runtimes, request)),
    permissions: effectivePermissions(request.permissions, {}, policy),
    limits: effectiveLimits(request.limits, undefined, policy),
  };
}

/** With both stated, executors like ours use no other runtime. */
function onlyOn(
  runtimes: readonly RuntimeKind[],
  { runtime, preferred }: ExecutionRequest,
): Pick<ExecutionRequest, "preferred" | "fallbacks"> {
  if (runtime !== undefined && !runtimes.includes(runtime)) {
    throw new AirlockError(
      "permission_denied",
      `Choosing a runtime: the API key does not allow ${runtime}`,
      { stage: "select", suggestion: `Use one of ${runtimes.join(", ")}` },
    );
  }
  const first = preferred !== undefined && runtimes.includes(preferred) ? preferred : runtimes[0];
  return { preferred: first, fallbacks: runtimes.filter((kind) => kind !== first) };
}
