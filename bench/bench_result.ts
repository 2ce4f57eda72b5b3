import type { MachineFacts } from "./machine_facts.ts";
import type { Aim, Measurement } from "./measurement.ts";

/** One run, as written to disk. */
export interface BenchResult {
  readonly command: string;
  readonly machine: MachineFacts;
  /** One-minute load average before and after; what others did on the machine is in it. */
  readonly loadAverage: { readonly before: number; readonly after: number };
  readonly durationSeconds: number;
  readonly remarks: readonly string[];
  readonly aims: readonly Aim[];
  readonly measurements: readonly Measurement[];
}
