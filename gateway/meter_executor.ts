import type { Executor } from "../spec/execution.ts";
import type { GatewayMetrics } from "./metrics.ts";

/** An executor that counts every call, whoever makes it. */
export function meterExecutor(
  executor: Executor,
  metrics: Pick<GatewayMetrics, "observeCall">,
): Executor {
  return {
    async execute(request, context) {
      const result = await executor.execute(request, context);
      metrics.observeCall(result);
      return result;
    },
  };
}
