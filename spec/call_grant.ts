import type { CallCeiling } from "./account.ts";
import type { ExecutorChoice } from "./executor_choice.ts";
import type { Limits } from "./limits.ts";
import type { Permissions } from "./permissions.ts";

/** What goes with a call beside its request: decided by who calls, and through what. Never by callers. */
export interface CallGrant {
  /** The most that the call may do and use, beside what the operator allows. */
  readonly ceiling?: CallCeiling;
  /** What calls through a collection may do and use where they ask for nothing themselves. */
  readonly defaults?: CallDefaults;
  /** Kept values of variables; a tool sees those that its package declares. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Where the call runs: as the agent says, else the collection, else the system; here where absent. */
  readonly executor?: ExecutorChoice;
  /** Calls of the account that may run at once, this one included; any number where absent. */
  readonly concurrentCalls?: number;
  /** Makes kept values unreadable in a line of a tool's log. */
  readonly redact?: (text: string) => string;
  /** The same for text that comes in pieces, wherever they are cut. */
  readonly redactStream?: () => TextInPieces;
}

/** Text on its way, changed. */
export interface TextInPieces {
  /** @returns What is certain by now. */
  push(piece: string): string;
  /** @returns What was held back. */
  end(): string;
}

/** What calls get that ask for nothing. */
export interface CallDefaults {
  readonly permissions?: Partial<Permissions>;
  readonly limits?: Partial<Limits>;
}
