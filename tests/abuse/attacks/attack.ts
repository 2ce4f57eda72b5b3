import type { ErrorCode } from "../../../spec/errors.ts";
import type { JsonValue } from "../../../spec/json.ts";
import type { Limits } from "../../../spec/limits.ts";
import type { IsolationLevel } from "../../../spec/sandbox.ts";

/** How an attack must end. Whatever it is, the process is gone afterwards and the host is well. */
export interface Containment {
  /** The call fails with one of these; without them it must answer. */
  readonly codes?: readonly ErrorCode[];
  /** It may also answer, whatever it likes: what it breaks is only its own. */
  readonly mayAnswer?: boolean;
  /** Which limit a `resource_limit` names. */
  readonly limit?: keyof Limits;
  /** What it must answer, where it answers. */
  readonly output?: JsonValue;
}

/** A module that attacks the sandbox it runs in, and what must come of it in any runtime. */
export interface Attack {
  readonly name: string;
  /** An ES module that exports the tool `attack`. */
  readonly source: string;
  readonly params?: JsonValue;
  /** Where it differs from {@linkcode ATTACK_LIMITS}. */
  readonly limits?: Partial<Limits>;
  /** Levels at which something holds it; absent means all. */
  readonly levels?: readonly IsolationLevel[];
  /** The module attacks while it is loaded: the failure may come from there. */
  readonly whileLoading?: boolean;
  readonly contained: Containment;
}

/** Small enough that an attack runs into them soon, large enough that a slow machine answers. */
export const ATTACK_LIMITS: Limits = {
  timeoutMs: 20_000,
  memoryBytes: 64 * 1024 * 1024,
  outputBytes: 64 * 1024,
  logBytes: 4 * 1024,
};

/** For attacks that never end: what a call may take before it is killed. */
export const ENDLESS: Partial<Limits> = { timeoutMs: 600 };

/** Attacks that have something in common; what one says itself comes first. */
export function attacksWith(
  common: Omit<Attack, "name" | "source">,
  attacks: readonly (Pick<Attack, "name" | "source"> & Partial<Attack>)[],
): readonly Attack[] {
  return attacks.map((attack) => ({ ...common, ...attack }));
}
