import { Counter, Gauge, type Registry } from "prom-client";
import type { MeteringStats } from "../accounts/metering.ts";
import { RATE_CLASSES, type RateClass } from "../spec/rate_limit.ts";

/** Counts a request that was one too many. */
export type ObserveRateLimited = (rateClass: RateClass) => void;

/** Adds what is known of counting to a set of metrics. `stats` is asked whenever they are read. */
export function addMeteringMetrics(
  registry: Registry,
  stats: () => MeteringStats,
): ObserveRateLimited {
  const registers = [registry];
  const limited = new Counter({
    name: "airlock_rate_limited_total",
    help: "Requests turned away because they were too many",
    labelNames: ["class"],
    registers,
  });
  for (const rateClass of RATE_CLASSES) limited.inc({ class: rateClass }, 0);
  new Gauge({
    name: "airlock_rate_store_up",
    help: "Whether the store of rate limits gave its last answer itself",
    labelNames: ["kind"],
    registers,
    collect() {
      const { kind, state } = stats().rateStore;
      this.set({ kind }, state === "ok" ? 1 : 0);
    },
  });
  new Gauge({
    name: "airlock_usage_rows_waiting",
    help: "Calls whose line in the log is not written yet",
    registers,
    collect() {
      this.set(stats().usage.waiting);
    },
  });
  new Counter({
    name: "airlock_usage_rows_total",
    help: "Lines of the log of calls by what became of them",
    labelNames: ["outcome"],
    registers,
    collect() {
      const { written, dropped } = stats().usage;
      this.reset();
      this.inc({ outcome: "written" }, written);
      this.inc({ outcome: "dropped" }, dropped);
    },
  });
  return (rateClass) => limited.inc({ class: rateClass });
}
