import type { Logger } from "@logtape/logtape";
import type { SyncJob } from "../registry/sync/sync_job.ts";
import type { SyncStatus } from "../registry/sync/sync_status.ts";
import type { Accounts } from "../accounts/accounts.ts";
import type { Metering, MeteringStats } from "../accounts/metering.ts";
import type { DatabaseHealth } from "../registry/database/database.ts";
import type { UpstreamPool } from "../mcp/upstream/upstream_pool.ts";
import type { BudgetNumbers } from "../runtime/pool/adaptive/memory_budget.ts";
import type { PoolStats } from "../runtime/pool/pool_request.ts";
import type { Describer } from "../spec/description.ts";
import type { Executor } from "../spec/execution.ts";
import type { CheckExecutor } from "../spec/executor_facts.ts";
import type { JsonValue } from "../spec/json.ts";
import type { PluginUploads } from "../spec/plugin.ts";
import type { IsolationLevel, RuntimeKind } from "../spec/sandbox.ts";
import type { BridgeLimits } from "./bridge/bridge_limits.ts";
import type { CallPins } from "./call_pins.ts";
import type { ReadDocument } from "./oauth/client_documents.ts";
import type { CatalogPorts } from "./catalog_ports.ts";
import type { AccessLog } from "./access_log.ts";
import type { DrainGate } from "./drain_gate.ts";
import type { GatewayMetrics } from "./metrics.ts";
import type { ListChanges } from "./mcp/list_changes.ts";
import type { OpenCode } from "./pins/open_code.ts";

/** Facts about the running gateway for `GET /health`. */
export interface HealthFacts {
  readonly version: string;
  readonly isolation: IsolationLevel;
  readonly runtimes: readonly { readonly kind: RuntimeKind; readonly isolation: IsolationLevel }[];
  /** Absent where the gateway has none. */
  readonly database?: DatabaseHealth;
  /** Absent where nothing is counted. */
  readonly metering?: MeteringStats;
  /** Counts of the pool. */
  readonly pool: Readonly<Record<string, JsonValue>>;
}

/** The pools, what they share, and the numbers that their size follows from. */
export interface PoolFacts {
  readonly budget: BudgetNumbers;
  readonly pools: readonly (PoolStats & { readonly runtime: RuntimeKind })[];
  /** Kept results. */
  readonly results: {
    readonly entries: number;
    readonly bytes: number;
    readonly maxBytes: number;
  };
}

/** What follows npm's registry. */
export interface SyncControl {
  /**
   * Starts a run, which goes on. @returns Its id.
   * @throws {AirlockError} `conflict` while one is going on, `rate_limited`.
   */
  start(job: SyncJob): Promise<string>;
  status(): Promise<SyncStatus>;
}

/** Settings of the HTTP surface. */
export interface GatewaySettings {
  /** Asked of callers where present; where absent, only loopback may call. */
  readonly apiKey: string | undefined;
  readonly corsOrigins: readonly string[];
  /** Where callers reach the gateway, where that is not where it listens. */
  readonly publicUrl?: string;
  /** Addresses and CIDR blocks whose `X-Forwarded-For` is believed; nobody's where absent. */
  readonly trustedProxies?: readonly string[];
  readonly maxBodyBytes: number;
  /** Longest time for a request's body to arrive. */
  readonly bodyTimeoutMs: number;
  /** Between comments on event streams. */
  readonly heartbeatMs: number;
  /** Whether the process exports OpenTelemetry spans. */
  readonly tracing: boolean;
  readonly version: string;
}

/** What the HTTP surface is made of. */
export interface GatewayOptions {
  readonly executor: Executor;
  readonly describer: Describer;
  /** Users, keys and secrets; without them whoever may connect, or has the one key, is the owner. */
  readonly accounts?: Accounts;
  /** Rate limits and the log of calls; without it nothing is counted. */
  readonly metering?: Metering;
  /** The tools that are known; without it there are none, and packages are called by name. */
  readonly catalog?: CatalogPorts;
  readonly plugins: PluginUploads;
  /** Prepares a package to be looked at. */
  readonly openCode: OpenCode;
  /** What calls through collections are held to; without it there are no such calls. */
  readonly pins?: CallPins;
  readonly checkExecutor: CheckExecutor;
  /** Reads documents in which clients describe themselves; public addresses only where absent. */
  readonly readDocument?: ReadDocument;
  /** What bridges may; the usual where absent. */
  readonly bridgeLimits?: BridgeLimits;
  /** Connections to other MCP servers, opened by the first use of one. */
  readonly upstreams: () => Promise<UpstreamPool>;
  /** Told which collections are others; absent where nobody hears of it. */
  readonly lists?: ListChanges;
  /** Absent where there is no database. */
  readonly sync?: SyncControl;
  readonly health: () => HealthFacts | Promise<HealthFacts>;
  readonly pool: () => PoolFacts;
  readonly metrics: GatewayMetrics;
  readonly gate: DrainGate;
  readonly logger: Logger;
  /** Takes note of finished requests; absent where nobody wants a line for each. */
  readonly access?: AccessLog;
  readonly settings: GatewaySettings;
}
