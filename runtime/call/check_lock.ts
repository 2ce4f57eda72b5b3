import { AirlockError } from "../../spec/errors.ts";
import type { PlannedCall } from "./call.ts";

/**
 * Stage: holds what was prepared against what the caller expects it to consist of, before anything of
 * it runs, and says in `meta` that it was.
 * @throws {AirlockError} `quarantined` where it is something else.
 */
export function checkLock({ request, artifact, tools, record }: PlannedCall): void {
  const { lockHash: expected } = request;
  if (expected === undefined) return;
  const { lockHash } = tools.fingerprint(artifact);
  record.lockHash = lockHash;
  if (lockHash !== expected) throw otherLock(record.version);
}

/** The code is not what somebody accepted. */
export function otherLock(version: string | null): AirlockError {
  return new AirlockError(
    "quarantined",
    "Checking the lock: the code, or that of a dependency, is not what the caller expects",
    {
      stage: "resolve",
      suggestion: "Have the tool run where it was accepted, or accept it again.",
      details: { part: "lock", version },
    },
  );
}
