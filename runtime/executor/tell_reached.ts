import type { Executor } from "../../spec/execution.ts";

/**
 * Tells whoever listens to a call which hosts its tool reached: also where it failed then. What was
 * refused or not there was not reached.
 */
export function tellReached(executor: Executor): Executor {
  return {
    async execute(request, context) {
      const result = await executor.execute(request, context);
      if (context.onReached === undefined) return result;
      const hosts = new Set<string>();
      for (const { host, outcome } of result.meta.egress) {
        if (typeof outcome === "number") hosts.add(host);
      }
      if (hosts.size > 0) context.onReached([...hosts]);
      return result;
    },
  };
}
