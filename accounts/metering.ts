import type { Caller } from "../spec/account.ts";
import type { CallOrigin, CallRoute } from "../spec/call_origin.ts";
import type { Executor } from "../spec/execution.ts";
import type { RefuseCall } from "./limits/cap_concurrency.ts";
import type { WhenStoreIsDown } from "./limits/guarded_rate_store.ts";
import type { RateLimiter } from "./limits/rate_limiter.ts";
import type { CallThrough } from "./through/call_through.ts";
import type { UsageWriterStats } from "./usage/usage_writer.ts";

/** Where rate limits are counted: in this process, or for all nodes that share a database or a Redis. */
export type RateStoreKind = "memory" | "database" | "redis";

/** The store of rate limits, as it was when it was last asked. */
export interface RateStoreFacts {
  readonly kind: RateStoreKind;
  readonly state: "ok" | "down";
  /** What happens to requests while it is down. */
  readonly whenDown: WhenStoreIsDown;
}

/** What is behind metering at this moment, for metrics. */
export interface MeteringStats {
  readonly usage: UsageWriterStats;
  readonly rateStore: RateStoreFacts;
}

/** Counts what accounts do. Disposing writes what is noted, for a bounded time. */
export interface Metering extends AsyncDisposable {
  readonly limiter: RateLimiter;
  /** An executor that bounds how many calls of an account run at once, and logs every call. */
  meter(executor: Executor, refuse: RefuseCall): Executor;
  /** What the log says of where a call comes from. Never waits long, and never fails. */
  originOf(caller: Caller, via: CallRoute, through?: CallThrough): Promise<CallOrigin>;
  /** What an account wants of its log was changed on this node. */
  forgetLogSettings(tenant: string): void;
  /** What tiers are given was changed. */
  forgetTiers(): void;
  stats(): MeteringStats;
}
