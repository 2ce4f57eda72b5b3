import type { AirlockError } from "../../spec/errors.ts";
import { artifactFailure } from "./artifact_failure.ts";

/** How an installed tree differs from its lock, as `name@version`. */
export interface LockDifference {
  readonly added?: readonly string[];
  readonly removed?: readonly string[];
  readonly changed?: readonly string[];
}

const SHOWN = 20;

/** The refusal of a tree that is not the locked one. */
export function lockFailure(difference: LockDifference): AirlockError {
  const { added = [], removed = [], changed = [] } = difference;
  const count = added.length + removed.length + changed.length;
  const first = changed[0] ?? added[0] ?? removed[0] ?? "";
  const message = count === 1
    ? `verify lock: ${first} differs from what was locked`
    : `verify lock: ${count} packages differ from what was locked, ${first} among them`;
  return artifactFailure("lock", message, {
    suggestion: "Find out why the registry's answer changed; then remove the artifact and refetch.",
    details: {
      added: added.slice(0, SHOWN),
      removed: removed.slice(0, SHOWN),
      changed: changed.slice(0, SHOWN),
    },
  });
}
