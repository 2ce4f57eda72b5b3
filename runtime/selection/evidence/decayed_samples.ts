import type { RuntimeEvidence } from "../selection_context.ts";

/** One call as it is remembered. */
export interface CallSample {
  /** Unix time in milliseconds. */
  readonly atMs: number;
  /** Until the tool could begin. */
  readonly startMs: number;
  /** The tool itself. */
  readonly toolMs: number;
  /** Nothing was warm. */
  readonly cold: boolean;
}

/** Calls remembered of one artifact in one runtime: the newest. */
export const MAX_SAMPLES = 24;
/** After this time a call counts half. */
export const HALF_LIFE_MS = 3 * 86_400_000;
/** Less than this is as good as forgotten. */
const LEAST_WEIGHT = 0.05;
/** A summary is made anew after so many calls or so much time. */
const FRESH_CALLS = 4;
const FRESH_MS = 60_000;

/** The newest calls of one artifact in one runtime, older ones counting less. */
export class DecayedSamples {
  readonly #samples: CallSample[];
  #summary: { readonly evidence: RuntimeEvidence; readonly atMs: number; unseen: number } | null =
    null;

  constructor(samples: readonly CallSample[] = []) {
    this.#samples = samples.slice(-MAX_SAMPLES);
  }

  get all(): readonly CallSample[] {
    return this.#samples;
  }

  add(sample: CallSample): void {
    this.#samples.push(sample);
    if (this.#samples.length > MAX_SAMPLES) this.#samples.shift();
    if (this.#summary !== null) this.#summary.unseen += 1;
  }

  /** What the calls show at `nowMs`; may lag behind by a few calls. */
  evidence(nowMs: number): RuntimeEvidence {
    const known = this.#summary;
    const isFresh = known !== null && this.#samples.length >= MAX_SAMPLES &&
      known.unseen < FRESH_CALLS && nowMs - known.atMs < FRESH_MS;
    if (isFresh) return known.evidence;
    const evidence = this.#summarise(nowMs);
    this.#summary = { evidence, atMs: nowMs, unseen: 0 };
    return evidence;
  }

  /** Sorts numbers in place and nothing else: this is done for every fourth call. */
  #summarise(nowMs: number): RuntimeEvidence {
    const [starts, tools, colds] = [
      new WeightedValues(),
      new WeightedValues(),
      new WeightedValues(),
    ];
    for (const { atMs, startMs, toolMs, cold } of this.#samples) {
      const weight = 2 ** (-Math.max(0, nowMs - atMs) / HALF_LIFE_MS);
      if (weight < LEAST_WEIGHT) continue;
      starts.add(startMs, weight);
      tools.add(toolMs, weight);
      if (cold) colds.add(startMs, weight);
    }
    return {
      calls: tools.weight,
      startMs: starts.median(),
      toolMs: tools.median(),
      ...(colds.weight > 0 && { coldMs: colds.median() }),
    };
  }
}

/** Numbers in order of size, each with a weight. */
class WeightedValues {
  readonly #values = new Float64Array(MAX_SAMPLES);
  readonly #weights = new Float64Array(MAX_SAMPLES);
  #count = 0;
  /** Of all together. */
  weight = 0;

  add(value: number, weight: number): void {
    const [values, weights] = [this.#values, this.#weights];
    let at = this.#count++;
    for (; at > 0 && values[at - 1]! > value; at--) {
      values[at] = values[at - 1]!;
      weights[at] = weights[at - 1]!;
    }
    values[at] = value;
    weights[at] = weight;
    this.weight += weight;
  }

  /** The weighted lower median; 0 of nothing. */
  median(): number {
    let seen = 0;
    for (let at = 0; at < this.#count; at++) {
      seen += this.#weights[at]!;
      if (seen >= this.weight / 2) return this.#values[at]!;
    }
    return 0;
  }
}
