/** The ways by which calls come. */
export const CALL_ROUTES = ["http", "mcp", "cli", "agent", "health"] as const;

/** One of {@linkcode CALL_ROUTES}. */
export type CallRoute = typeof CALL_ROUTES[number];

/** Where a call comes from, for the log of calls: nothing is decided by it. */
export interface CallOrigin {
  readonly via: CallRoute;
  readonly userId: string | null;
  readonly keyId: string | null;
  readonly collectionId: string | null;
  readonly agentId: string | null;
  /** Whether the account wants parameters in its log; redacted, and bounded. */
  readonly keepParams: boolean;
}
