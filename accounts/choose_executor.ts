import type { ExecutorChoice } from "../spec/executor_choice.ts";
import type { KeptExecutor } from "./collections/kept_executor.ts";

/** What has a say in where a call runs, the first that says anything first. */
export interface ExecutorCascade {
  readonly agent?: KeptExecutor | null;
  readonly collection?: KeptExecutor | null;
  /** Of the configuration. */
  readonly system: ExecutorChoice;
  /** Kept values, among them the tokens of executors. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** Where a call runs: as the agent says, else the collection, else the system. */
export function chooseExecutor(
  { agent, collection, system, secrets = {} }: ExecutorCascade,
): ExecutorChoice {
  const kept = agent ?? collection;
  if (kept === null || kept === undefined) return system;
  if (kept.kind === "local") return kept;
  const { url, tokenSecret } = kept;
  const token = tokenSecret !== null && Object.hasOwn(secrets, tokenSecret)
    ? secrets[tokenSecret]
    : undefined;
  return token === undefined ? { kind: "remote", url } : { kind: "remote", url, token };
}
