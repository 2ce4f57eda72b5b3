/** How much one call may use. Enforced from outside the sandbox. */
export interface Limits {
  /** From the moment the call is accepted by a sandbox to its encoded result. */
  readonly timeoutMs: number;
  /** JavaScript heap, and buffers beside it, each. */
  readonly memoryBytes: number;
  /** Encoded result, streamed chunks included. */
  readonly outputBytes: number;
  /** Kept log text; what comes after is counted and dropped. */
  readonly logBytes: number;
}

/** What a call gets when nothing else is asked for. */
export const DEFAULT_LIMITS: Limits = {
  timeoutMs: 30_000,
  memoryBytes: 128 * 1024 * 1024,
  outputBytes: 1024 * 1024,
  logBytes: 64 * 1024,
};

/** The most a call may ask for unless configuration says otherwise. */
export const LIMIT_CEILINGS: Limits = {
  timeoutMs: 300_000,
  memoryBytes: 1024 * 1024 * 1024,
  outputBytes: 16 * 1024 * 1024,
  logBytes: 1024 * 1024,
};
