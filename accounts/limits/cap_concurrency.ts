import { AirlockError } from "../../spec/errors.ts";
import type { CallContext, ExecutionResult, Executor } from "../../spec/execution.ts";

/** How soon one of a caller's own calls may have ended. */
const RETRY_MS = 1_000;

/** How a call is answered that may not run. */
export type RefuseCall = (error: AirlockError, context: CallContext) => ExecutionResult;

/**
 * An executor that runs of one account's calls no more at once than its grant says, and refuses the
 * rest.
 */
export function capConcurrency(executor: Executor, refuse: RefuseCall): Executor {
  const running = new Map<string, number>();
  const change = (tenant: string, by: number) => {
    const count = (running.get(tenant) ?? 0) + by;
    if (count === 0) running.delete(tenant);
    else running.set(tenant, count);
  };
  return {
    async execute(request, context) {
      const { tenant, grant } = context;
      const cap = grant?.concurrentCalls;
      if (cap === undefined) return await executor.execute(request, context);
      if ((running.get(tenant) ?? 0) >= cap) return refuse(tooMany(cap), context);
      change(tenant, 1);
      try {
        return await executor.execute(request, context);
      } finally {
        change(tenant, -1);
      }
    },
  };
}

function tooMany(cap: number): AirlockError {
  return new AirlockError("rate_limited", `Counting calls: ${cap} run already, and no more may`, {
    stage: "request",
    suggestion: "Wait until one of your calls has ended",
    details: { concurrentCalls: cap },
    retryAfterMs: RETRY_MS,
  });
}
