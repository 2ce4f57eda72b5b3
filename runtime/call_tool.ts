import { AirlockError } from "../spec/errors.ts";
import type { CallContext, ExecutionRequest, ExecutionResult } from "../spec/execution.ts";
import { CallRecord } from "./call_record.ts";
import type { Call, CallTools } from "./call/call.ts";
import { answerFromCache } from "./call/answer_from_cache.ts";
import { checkLock } from "./call/check_lock.ts";
import { checkPin } from "./call/check_pin.ts";
import { chooseRuntime } from "./call/choose_runtime.ts";
import { compareLater } from "./call/compare_later.ts";
import { redactThrown } from "./call/redact_thrown.ts";
import { runWithFallback } from "./call/fall_back.ts";
import { noteCall } from "./call/note_call.ts";
import { planCall } from "./call/plan_call.ts";
import { prepareCall } from "./call/prepare_call.ts";
import { runInSandbox } from "./call/run_in_sandbox.ts";
import { shapeResult } from "./call/shape_result.ts";
import { validateCall } from "./call/validate_call.ts";

/** Runs one tool call from request to result. Never rejects. */
export type CallTool = (
  request: ExecutionRequest,
  context: CallContext,
) => Promise<ExecutionResult>;

/**
 * The one way a tool is ever called: HTTP, MCP, the command line and health checks all come through
 * here. Each line is a stage, in a file of its own; what a stage finds out is in what it returns.
 */
export function createCallTool(tools: CallTools): CallTool {
  return async (request, context) => {
    const record = new CallRecord({ requestId: context.requestId, isolation: tools.isolation });
    const call: Call = { request, context, tools, record };
    try {
      using prepared = await prepareCall(call);
      const planned = planCall(call, prepared.artifact);
      checkLock(planned);
      checkPin(planned);
      validateCall(planned);
      const chosen = chooseRuntime(planned);
      const run = () => shapeResult(chosen, runWithFallback(chosen, runInSandbox));
      const output = await answerFromCache(chosen, run);
      noteCall(chosen);
      compareLater(chosen);
      return record.success(output);
    } catch (error) {
      return record.failure(redactThrown(expected(error, call), context.grant ?? {}));
    }
  };
}

/** What the caller is told of; what nobody foresaw is reported, and told nothing of. */
function expected(error: unknown, { context, tools }: Call): unknown {
  if (error instanceof AirlockError) return error;
  if (context.signal.aborted) return callerGaveUp(error);
  tools.onUnexpected(error, context.requestId);
  return error;
}

/** What waits for a sandbox or a package rejects with whatever the caller's signal was aborted by. */
function callerGaveUp(cause: unknown): AirlockError {
  return new AirlockError("deadline_exceeded", "Calling the tool: the caller gave up", {
    details: { by: "caller" },
    cause,
  });
}
