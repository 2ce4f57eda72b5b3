import type { RuntimeEvidence, RuntimeOffer, SelectionContext } from "./selection_context.ts";

/** Runtimes in the order they are tried in, and why the first one is first. */
export interface OfferOrder {
  readonly offers: readonly RuntimeOffer[];
  /** Half a sentence that goes on after the name of the first. */
  readonly because: string;
}

/** Calls from which a median is worth following. */
const ENOUGH_CALLS = 5;
/** How much better a runtime must be to be preferred: below that, changing costs more than it gains. */
const CLEARLY = 0.8;
/** Tools that run longer than this are better off with machine code: 5 to 30 times as fast. */
const HEAVY_MS = 25;
/** Tools that run shorter than this may have a pristine instance for every call at no felt cost. */
const SHORT_MS = 10;

/** One reason to put a runtime first; `null` where it does not apply. */
type OrderRule = (able: readonly RuntimeOffer[], context: SelectionContext) => Pick | null;

interface Pick {
  readonly offer: RuntimeOffer;
  readonly because: string;
}

/** All rules in order: the first that applies decides. */
const ORDER_RULES: readonly OrderRule[] = [
  preferredOne,
  machineCodeForHeavy,
  pristineForShortPure,
  clearlyFastest,
];

/**
 * Orders runtimes that can take a call. What is not first comes after in the order of the fallbacks
 * where those are stated, and else as offered.
 */
export function orderOffers(able: readonly RuntimeOffer[], context: SelectionContext): OfferOrder {
  const [first] = able;
  if (first === undefined) return { offers: [], because: "" };
  let pick: Pick = { offer: first, because: "it is the first that is able" };
  for (const rule of ORDER_RULES) {
    const found = rule(able, context);
    if (found === null) continue;
    pick = found;
    break;
  }
  const others = able.filter((offer) => offer !== pick.offer);
  const { fallbacks } = context.wish;
  const after = fallbacks === undefined
    ? others
    : fallbacks.flatMap((kind) => others.filter((offer) => offer.kind === kind));
  return { offers: [pick.offer, ...new Set(after)], because: pick.because };
}

function preferredOne(able: readonly RuntimeOffer[], { wanted, wish }: SelectionContext) {
  if (wanted !== undefined) return picked(able[0], "the call asks for it");
  const preferred = able.find(({ kind }) => kind === wish.preferred);
  if (preferred !== undefined) return picked(preferred, "the tool prefers it");
  if (wish.preferred === undefined) return null;
  const [next] = (wish.fallbacks ?? []).flatMap((kind) =>
    able.filter((offer) => offer.kind === kind)
  );
  return picked(next, `the tool names it where ${wish.preferred} is not able`);
}

function machineCodeForHeavy(able: readonly RuntimeOffer[], { evidence }: SelectionContext) {
  const isHeavy = able.some(({ kind, features }) =>
    !features.includes("jit") && isEnough(evidence[kind]) && evidence[kind].toolMs > HEAVY_MS
  );
  const quick = able.find(({ features }) => features.includes("jit"));
  if (!isHeavy || quick === undefined) return null;
  const seen = evidence[quick.kind];
  if (isEnough(seen) && seen.toolMs > HEAVY_MS) return null; // Waiting, then: nobody is faster at it.
  return picked(quick, `its calls take more than ${HEAVY_MS} ms without machine code`);
}

function pristineForShortPure(able: readonly RuntimeOffer[], context: SelectionContext) {
  const { artifact, evidence, proven } = context;
  if (artifact.manifest.needs.pure !== true) return null;
  const pristine = able.find(({ kind, features }) =>
    features.includes("pristine") && proven.has(kind)
  );
  if (pristine === undefined) return null;
  const own = evidence[pristine.kind];
  if (!isEnough(own) || own.toolMs > SHORT_MS) return null;
  return picked(
    pristine,
    `it is pure, takes ${own.toolMs.toFixed(1)} ms, and gives the same results there in a ` +
      "pristine instance for every call",
  );
}

function clearlyFastest(able: readonly RuntimeOffer[], { evidence }: SelectionContext) {
  const measured = able.flatMap((offer) => {
    const seen = evidence[offer.kind];
    return isEnough(seen) ? [{ offer, totalMs: seen.startMs + seen.toolMs }] : [];
  });
  const [best, next] = measured.sort((a, b) => a.totalMs - b.totalMs);
  if (best === undefined || next === undefined) return null;
  if (best.totalMs > next.totalMs * CLEARLY) return null;
  return picked(
    best.offer,
    `calls took ${best.totalMs.toFixed(1)} ms there, ${next.totalMs.toFixed(1)} ms in ` +
      next.offer.kind,
  );
}

function isEnough(seen: RuntimeEvidence | undefined): seen is RuntimeEvidence {
  return seen !== undefined && seen.calls >= ENOUGH_CALLS;
}

function picked(offer: RuntimeOffer | undefined, because: string): Pick | null {
  return offer === undefined ? null : { offer, because };
}
