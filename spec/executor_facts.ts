import type { RemoteExecutorChoice } from "./executor_choice.ts";

/** What an executor says of itself. */
export interface ExecutorFacts {
  readonly status: "ok";
  readonly version: string | null;
}

/**
 * Asks somebody's program whether it is an executor.
 * @throws {AirlockError} `invalid_input`, saying what is wrong with it.
 */
export type CheckExecutor = (choice: RemoteExecutorChoice) => Promise<ExecutorFacts>;
