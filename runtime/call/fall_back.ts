import { AirlockError } from "../../spec/errors.ts";
import type { RuntimeKind } from "../../spec/sandbox.ts";
import { lackingOf, lackingWords } from "../lacking_of.ts";
import type { ChosenCall } from "./call.ts";

/**
 * Stage: runs the call, and once more in the next runtime where the first one failed by itself. Only
 * a call that nobody has seen anything of is run again: no request went out, nothing was streamed.
 * What failed stands among the refusals.
 */
export async function runWithFallback<T>(
  call: ChosenCall,
  run: (call: ChosenCall) => Promise<T>,
): Promise<T> {
  try {
    return await run(call);
  } catch (error) {
    noteLacking(call, error);
    const next = replacementFor(call, error);
    if (next === null || !(error instanceof AirlockError)) throw error;
    const { record, runtime } = call;
    record.refusals = [...record.refusals, { runtime, by: "failure", reason: error.message }];
    record.runtime = next;
    return await run({ ...call, runtime: next, fallbacks: [] });
  }
}

/** What the tool was seen to need and not to find is remembered: the next call goes elsewhere. */
function noteLacking({ artifact, toolName, runtime, tools }: ChosenCall, error: unknown): void {
  const lacking = lackingOf(error);
  if (lacking === null) return;
  const diff = lackingWords(lacking, artifact.manifest.uses);
  tools.prove(artifact.digest, { runtime, tool: toolName, state: "lacking", inputs: 1, diff });
}

function replacementFor(call: ChosenCall, error: unknown): RuntimeKind | null {
  const { record, context, fallbacks: [next] } = call;
  if (next === undefined || context.signal.aborted || !isOfRuntime(error)) return null;
  return record.wasSeen() ? null : next;
}

/** Whether the runtime is to blame: not the tool, its limits, its parameters or a full pool. */
function isOfRuntime(error: unknown): boolean {
  if (!(error instanceof AirlockError)) return false;
  const { code, retryable, details } = error;
  if (code === "sandbox_crashed") return retryable || details.by === "engine";
  return lackingOf(error) !== null;
}
