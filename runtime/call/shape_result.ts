import type { JsonValue } from "../../spec/json.ts";
import type { InvocationReport } from "../../spec/sandbox.ts";
import { withEnvHint } from "../with_env_hint.ts";
import { withNameHint } from "../with_name_hint.ts";
import { withNativeHint } from "../with_native_hint.ts";
import type { ChosenCall } from "./call.ts";

/**
 * Stage: takes the output out of what the sandbox reported. A tool that failed while lacking what it
 * reads, or its native code, most likely failed because of that, so its error says so.
 */
export async function shapeResult(
  call: ChosenCall,
  running: Promise<InvocationReport>,
): Promise<JsonValue> {
  try {
    const report = await running;
    call.record.time("tool", report.toolMs);
    return report.output;
  } catch (error) {
    const { manifest } = call.artifact;
    const { env, toolName } = call;
    const known = withNameHint(withEnvHint(error, { env, manifest }), { toolName, manifest });
    throw withNativeHint(known, manifest);
  }
}
