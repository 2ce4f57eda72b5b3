import type { Executor } from "../../spec/execution.ts";
import type { RemoteExecutorChoice } from "../../spec/executor_choice.ts";

/**
 * Runs each call where its grant says: here, unless it names another executor. Source that was brought
 * here is known here only, and elsewhere its name would be that of somebody's package.
 */
export function cascadeExecutor(
  local: Executor,
  remoteOf: (choice: RemoteExecutorChoice) => Executor,
): Executor {
  return {
    execute(request, context) {
      const choice = context.grant?.executor;
      const executor = choice?.kind === "remote" && request.source !== "inline"
        ? remoteOf(choice)
        : local;
      return executor.execute(request, context);
    },
  };
}
