import { AirlockError } from "../spec/errors.ts";
import { ISOLATION_LEVELS, type IsolationLevel } from "../spec/sandbox.ts";

/**
 * Refuses to start with less isolation than configured.
 * @throws {AirlockError} `no_runtime`.
 */
export function requireIsolation(level: IsolationLevel, least: IsolationLevel): void {
  if (ISOLATION_LEVELS.indexOf(level) >= ISOLATION_LEVELS.indexOf(least)) return;
  throw new AirlockError(
    "no_runtime",
    `Starting: this machine gives isolation ${level}, AIRLOCK_MIN_ISOLATION asks for ${least}`,
    { suggestion: "Run `airlock doctor` to see what to install" },
  );
}
