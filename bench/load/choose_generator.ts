import { findWrk } from "./wrk_generator.ts";
import type { LoadGenerator } from "./load_generator.ts";
import { ownGenerator } from "./own_generator.ts";

/** The generator to use, and what each of them reaches against a server that does nothing. */
export interface ChosenGenerator {
  readonly generator: LoadGenerator;
  readonly ceilings: Readonly<Record<string, number>>;
}

/**
 * Compares the generators against `url`, which should be as cheap as a server can be, and takes the
 * one that reaches more: the other would be the bottleneck sooner.
 */
export async function chooseGenerator(url: string): Promise<ChosenGenerator> {
  const wrk = await findWrk();
  const candidates = wrk === null ? [ownGenerator] : [wrk, ownGenerator];
  const ceilings: Record<string, number> = {};
  let best: LoadGenerator = ownGenerator;
  for (const candidate of candidates) {
    const plan = { url, body: `{"params":{}}`, connections: 32, durationMs: 1_000 };
    const { perSecond } = await candidate.run(plan);
    ceilings[candidate.name] = Math.round(perSecond);
    if (perSecond > (ceilings[best.name] ?? 0)) best = candidate;
  }
  return { generator: best, ceilings };
}
