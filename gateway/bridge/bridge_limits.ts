import type { Tier } from "../../spec/account.ts";

/** What a gateway takes from bridges, and gives them. */
export interface BridgeLimits {
  /** Of one bridge, by tier of its account. */
  readonly callsPerMinute: Readonly<Record<Tier, number>>;
  /** Longest time for one call. */
  readonly callTimeoutMs: number;
  /** Calls that one bridge has at a time. */
  readonly maxRunning: number;
  /** Connections of one person, those that have not registered included. */
  readonly maxConnections: number;
  /** Longest time from the connection to what it registers. */
  readonly registerMs: number;
  /** Between signs of life. */
  readonly heartbeatMs: number;
  /** How long calls wait for a bridge whose connection was lost. */
  readonly resumeMs: number;
  /** Messages that nobody asked for, such as new lists of tools: of one connection in a minute. */
  readonly unaskedPerMinute: number;
  /** Words of progress that one call may say. */
  readonly maxProgress: number;
}

/** The limits of an installation. */
export const BRIDGE_LIMITS: BridgeLimits = {
  callsPerMinute: { FREE: 60, PRO: 300, ENTERPRISE: 6_000 },
  callTimeoutMs: 300_000,
  maxRunning: 64,
  maxConnections: 10,
  registerMs: 10_000,
  heartbeatMs: 15_000,
  resumeMs: 10_000,
  unaskedPerMinute: 120,
  maxProgress: 1_000,
};
