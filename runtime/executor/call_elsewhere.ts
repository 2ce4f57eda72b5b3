import { AirlockError } from "../../spec/errors.ts";
import type { Executor } from "../../spec/execution.ts";
import type { IsolationLevel } from "../../spec/sandbox.ts";
import { CallRecord } from "../call_record.ts";

/** Makes calls where their context says, and all others by `executor`. */
export function callElsewhere(executor: Executor, isolation: IsolationLevel): Executor {
  return {
    async execute(request, context) {
      const { elsewhere, requestId, signal } = context;
      if (elsewhere === undefined) return await executor.execute(request, context);
      const record = new CallRecord({ requestId, isolation });
      record.stage = "execute";
      const beganMs = performance.now();
      try {
        const { output, failure } = await elsewhere.run(signal);
        record.time("tool", performance.now() - beganMs);
        if (failure === null) return record.success(output);
        return record.failure(new AirlockError("tool_error", failure, { stage: "execute" }));
      } catch (error) {
        return record.failure(error);
      }
    },
  };
}
