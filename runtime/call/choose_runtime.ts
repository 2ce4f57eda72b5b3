import { mergeWishes } from "../../spec/runtime_wish.ts";
import type { ChosenCall, PlannedCall } from "./call.ts";

/**
 * Stage: chooses the runtime, and notes why the others were not.
 * @throws {AirlockError} `no_runtime` when every runtime refuses.
 */
export function chooseRuntime(call: PlannedCall): ChosenCall {
  const { request, context, artifact, toolName, need: { permissions, limits } } = call;
  const { record, tools } = call;
  const { needs } = artifact.manifest;
  const { runtime, fallbacks, refusals } = tools.select({
    artifact,
    tool: toolName,
    wanted: request.runtime,
    allowed: context.grant?.ceiling?.runtimes,
    wish: mergeWishes(request, { ...needs, preferred: needs.runtime }),
    permissions,
    limits,
  });
  record.runtime = runtime;
  record.refusals = refusals;
  return { ...call, runtime, fallbacks };
}
