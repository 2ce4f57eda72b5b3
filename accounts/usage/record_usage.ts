import type { Executor } from "../../spec/execution.ts";
import { type UsageRow, usageRow } from "./usage_row.ts";

/** An executor whose calls each leave a line in the log, whoever makes them and however they end. */
export function recordUsage(executor: Executor, add: (row: UsageRow) => void): Executor {
  return {
    async execute(request, context) {
      const result = await executor.execute(request, context);
      add(usageRow({ request, context, result, endedAt: new Date() }));
      return result;
    },
  };
}
