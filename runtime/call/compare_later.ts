import type { ChosenCall } from "./call.ts";

/**
 * Stage: has the result compared with that of another runtime, in the background, where running the
 * tool once more harms nobody. Waits for nothing.
 */
export function compareLater(call: ChosenCall): void {
  const { record, request, context, artifact, toolName, tools } = call;
  if (record.runtime === null || record.cache === "hit" || record.wasSeen()) return;
  if (Object.keys(request.env).length > 0) return;
  const { params } = request;
  const { tenant, requestId } = context;
  try {
    tools.consider({ artifact, tool: toolName, params, tenant, runtime: record.runtime });
  } catch (error) {
    // The call went well, whatever becomes of comparing it.
    tools.onUnexpected(error, requestId);
  }
}
