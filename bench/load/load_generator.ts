/** A closed loop of POST requests: each connection sends the next one when it has its answer. */
export interface LoadPlan {
  readonly url: string;
  /** JSON text. */
  readonly body: string;
  readonly connections: number;
  readonly durationMs: number;
}

/** What one run of a {@linkcode LoadPlan} gave. */
export interface LoadResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** Answers other than 200, and connections that broke. */
  readonly failures: number;
}

/** Something that produces load, in a process of its own. */
export interface LoadGenerator {
  readonly name: string;
  /** @throws {Error} when the generator itself fails. */
  run(plan: LoadPlan): Promise<LoadResult>;
}
