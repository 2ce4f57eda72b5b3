import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { MeteringStats } from "../accounts/metering.ts";
import type { ExecutionResult } from "../spec/execution.ts";
import { addMeteringMetrics, type ObserveRateLimited } from "./add_metering_metrics.ts";

const METHODS = ["GET", "POST", "HEAD", "OPTIONS"];
const SECONDS = [
  0.001,
  0.0025,
  0.005,
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
  30,
  60,
  300,
];

/** Numbers of the sandbox pool, read when metrics are. */
export interface PoolNumbers {
  /** Sandboxes by state, such as `blank`, `idle`, `busy`: a small fixed set. */
  readonly sandboxes: Readonly<Record<string, number>>;
  readonly queued: number;
}

/** Everything the gateway counts. No label ever holds a package, a tool, a host or a tenant. */
export interface GatewayMetrics {
  /** Counts one finished call with its build and its egress. */
  observeCall(result: ExecutionResult): void;
  /** Counts one HTTP answer; `route` is a pattern. */
  observeAnswer(answer: { route: string; method: string; status: number }): void;
  readonly observeRateLimited: ObserveRateLimited;
  /** In Prometheus' text format. */
  expose(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Makes an own set of metrics. `pool` and `metering` are asked whenever they are read. */
export function createMetrics(
  pool: () => PoolNumbers,
  metering?: () => MeteringStats,
): GatewayMetrics {
  const registry = new Registry();
  const registers = [registry];
  const calls = new Counter({
    name: "airlock_calls_total",
    help: "Finished calls",
    labelNames: ["code", "runtime", "start"],
    registers,
  });
  const duration = new Histogram({
    name: "airlock_call_duration_seconds",
    help: "Time of calls from acceptance to answer",
    labelNames: ["start"],
    buckets: SECONDS,
    registers,
  });
  const builds = new Counter({
    name: "airlock_builds_total",
    help: "Artifacts prepared for a call",
    labelNames: ["outcome"],
    registers,
  });
  const cached = new Counter({
    name: "airlock_result_cache_total",
    help: "Calls by what the cache of results did for them",
    labelNames: ["outcome"],
    registers,
  });
  const egress = new Counter({
    name: "airlock_egress_requests_total",
    help: "Requests made for tools",
    labelNames: ["outcome"],
    registers,
  });
  const egressBytes = new Counter({
    name: "airlock_egress_bytes_total",
    help: "Bytes moved for tools",
    labelNames: ["direction"],
    registers,
  });
  const answers = new Counter({
    name: "airlock_http_requests_total",
    help: "HTTP answers",
    labelNames: ["route", "method", "status"],
    registers,
  });
  new Gauge({
    name: "airlock_sandboxes",
    help: "Live sandboxes",
    labelNames: ["state"],
    registers,
    collect() {
      for (const [state, count] of Object.entries(pool().sandboxes)) this.set({ state }, count);
    },
  });
  new Gauge({
    name: "airlock_queue_length",
    help: "Calls waiting for a sandbox",
    registers,
    collect() {
      this.set(pool().queued);
    },
  });
  return {
    observeCall(result) {
      const { runtime, start, cache, egress: sent, timings } = result.meta;
      const code = result.success ? "ok" : result.code;
      calls.inc({ code, runtime: runtime ?? "none", start: start ?? "none" });
      cached.inc({ outcome: cache });
      duration.observe({ start: start ?? "none" }, result.executionTimeMs / 1000);
      if (code === "artifact_failed") builds.inc({ outcome: "failed" });
      else if (timings.build !== undefined) builds.inc({ outcome: "ok" });
      for (const record of sent) {
        egress.inc({ outcome: outcomeClass(record.outcome) });
        egressBytes.inc({ direction: "out" }, record.requestBytes);
        egressBytes.inc({ direction: "in" }, record.responseBytes);
      }
    },
    observeAnswer({ route, method, status }) {
      answers.inc({ route, method: METHODS.includes(method) ? method : "other", status });
    },
    observeRateLimited: metering === undefined ? () => {} : addMeteringMetrics(registry, metering),
    async expose() {
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

function outcomeClass(outcome: number | "refused" | "failed"): string {
  return typeof outcome === "number" ? `${Math.floor(outcome / 100)}xx` : outcome;
}
