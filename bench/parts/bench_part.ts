import type { Effort } from "../bench_options.ts";
import type { Measurement, PartName, Ratio, Subject } from "../measurement.ts";
import { median, quantile, rounded } from "../statistics.ts";

/** What a part of the benchmark is given. */
export interface PartContext {
  readonly effort: Effort;
  /** Says what is being done, on one line. */
  readonly progress: (line: string) => void;
  /** Notes a fact about how things were measured. */
  readonly remark: (line: string) => void;
}

/** Measures one aspect. @throws {Error} when something that is measured fails. */
export type BenchPart = (context: PartContext) => Promise<readonly Measurement[]>;

/** Makes a row of samples. */
export function measurement(
  name: string,
  samples: readonly number[],
  more: {
    readonly part: PartName;
    readonly unit: Measurement["unit"];
    readonly ratio?: Ratio;
    readonly note?: string;
    readonly subject?: Subject;
  },
): Measurement {
  return {
    ...more,
    name,
    samples: samples.length,
    median: rounded(median(samples)),
    p95: rounded(quantile(samples, 0.95)),
  };
}

/** The ratio of two sets of samples by their medians. */
export function ratioTo(
  to: string,
  of: { readonly samples: readonly number[]; readonly others: readonly number[] },
): Ratio {
  return { to, value: Number((median(of.samples) / median(of.others)).toFixed(2)) };
}
