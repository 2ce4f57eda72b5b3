/** What one row of the report compares itself with. */
export interface Ratio {
  /** Name of the row that is divided by. */
  readonly to: string;
  /** This row's median divided by that one's. */
  readonly value: number;
}

/**
 * How a call begins. `cold`: nothing of the sandbox exists. `blank`: a sandbox waits that has loaded
 * nothing. `warm`: the tool was called there before.
 */
export const STARTS = ["cold", "blank", "warm"] as const;

/** One of {@linkcode STARTS}. */
export type Start = typeof STARTS[number];

/** What runs a tool in a comparison of sandboxes, and how a call began there. */
export interface Subject {
  readonly name: string;
  readonly start: Start;
}

/** One measured quantity, or that it could not be measured. */
export interface Measurement {
  readonly part: PartName;
  /** Unique in a run. */
  readonly name: string;
  readonly unit: "ms" | "calls/s" | "calls" | "bridges" | "MiB";
  readonly samples: number;
  /** `null` where nothing could be measured: `note` then says why. */
  readonly median: number | null;
  readonly p95: number | null;
  readonly ratio?: Ratio;
  /** What a reader should know to understand the number. */
  readonly note?: string;
  /** Set in rows that can be drawn beside one another. */
  readonly subject?: Subject;
}

/** One aim, and what was reached. */
export interface Aim {
  readonly name: string;
  readonly wanted: string;
  readonly reached: string;
  readonly ok: boolean;
}

/** The parts of the benchmark, in the order they run. */
export const PART_NAMES = [
  ...["first", "memory", "cold", "load", "plugins", "quickjs", "runtimes", "search"] as const,
  ...["accounts", "bridge", "peers", "proxies"] as const,
] as const;

/** One of {@linkcode PART_NAMES}. */
export type PartName = typeof PART_NAMES[number];
