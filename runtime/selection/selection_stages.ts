import { ISOLATION_LEVELS, type IsolationLevel } from "../../spec/sandbox.ts";
import type { RuntimeOffer, SelectionContext } from "./selection_context.ts";

/** One reason to refuse a runtime; `check` returns it in words, `null` where there is none. */
export interface SelectionStage {
  readonly name: string;
  readonly check: (offer: RuntimeOffer, context: SelectionContext) => string | null;
}

/** All stages in order: the first that refuses a runtime names the reason. */
export const SELECTION_STAGES: readonly SelectionStage[] = [
  { name: "caller", check: refusedByCaller },
  { name: "key", check: refusedByKey },
  { name: "source", check: refusedBySource },
  { name: "form", check: refusedByForm },
  { name: "manifest", check: refusedByManifest },
  { name: "permissions", check: refusedByPermissions },
  { name: "limits", check: refusedByLimits },
  { name: "policy", check: refusedByPolicy },
  { name: "constraints", check: refusedByConstraints },
  { name: "wish", check: refusedByWish },
  { name: "proof", check: refusedByProof },
];

/** An explicit choice excludes everything else. */
function refusedByCaller(offer: RuntimeOffer, { wanted }: SelectionContext): string | null {
  if (wanted === undefined || wanted === offer.kind) return null;
  return `the call asks for ${wanted}`;
}

function refusedByKey(offer: RuntimeOffer, { allowed }: SelectionContext): string | null {
  if (allowed === undefined || allowed.includes(offer.kind)) return null;
  return "the API key does not allow it";
}

function refusedBySource(offer: RuntimeOffer, { artifact }: SelectionContext): string | null {
  const { source } = artifact.manifest.resolved;
  return offer.sources.includes(source) ? null : `it does not run code from ${source}`;
}

function refusedByForm(offer: RuntimeOffer, { artifact }: SelectionContext): string | null {
  if (artifact.manifest.form !== "tree" || offer.runsTrees) return null;
  return "the package could not be made one file";
}

/** What reading and probing the code found. A runtime it was never tried in is not guessed at. */
function refusedByManifest(offer: RuntimeOffer, { artifact }: SelectionContext): string | null {
  const verdict = artifact.manifest.runtimes.find(({ runtime }) => runtime === offer.kind);
  if (verdict === undefined) return "the package was not tried in it";
  return verdict.ok ? null : verdict.reason ?? "the package does not load in it";
}

function refusedByPermissions(
  offer: RuntimeOffer,
  { permissions }: SelectionContext,
): string | null {
  if (permissions.netDirect.length > 0 && !offer.grants.netDirect) return "it has no raw sockets";
  if (permissions.fs === "tmp" && !offer.grants.fsTmp) return "it has no private directory";
  return null;
}

function refusedByLimits(offer: RuntimeOffer, { limits }: SelectionContext): string | null {
  const { least, most } = offer.memoryBytes;
  if (limits.memoryBytes < least) return `it needs memoryBytes of at least ${least}`;
  return limits.memoryBytes > most ? `it can hold memoryBytes to at most ${most}` : null;
}

function refusedByPolicy(offer: RuntimeOffer, { minIsolation }: SelectionContext): string | null {
  if (!isWeaker(offer.isolation, minIsolation)) return null;
  return `its isolation is ${offer.isolation}, policy demands ${minIsolation}`;
}

/** What the package or the caller demands of any runtime. */
function refusedByConstraints(
  offer: RuntimeOffer,
  { wish, evidence }: SelectionContext,
): string | null {
  const { minIsolation, maxColdMs, needs = [] } = wish.constraints ?? {};
  if (minIsolation !== undefined && isWeaker(offer.isolation, minIsolation)) {
    return `its isolation is ${offer.isolation}, the tool demands ${minIsolation}`;
  }
  const lacking = needs.filter((feature) => !offer.features.includes(feature));
  if (lacking.length > 0) return `it lacks ${lacking.join(", ")}, which the tool needs`;
  const measuredMs = evidence[offer.kind]?.coldMs;
  const coldMs = measuredMs ?? offer.coldMs;
  if (maxColdMs === undefined || coldMs <= maxColdMs) return null;
  const how = measuredMs === undefined ? "takes about" : "took";
  return `a cold start ${how} ${Math.ceil(coldMs)} ms, the tool demands ${maxColdMs} ms`;
}

/** Where both the first choice and those that may replace it are named, nothing else is asked for. */
function refusedByWish(offer: RuntimeOffer, { wanted, wish }: SelectionContext): string | null {
  const { preferred, fallbacks } = wish;
  if (wanted !== undefined || preferred === undefined || fallbacks === undefined) return null;
  if (offer.kind === preferred || fallbacks.includes(offer.kind)) return null;
  return `the tool asks for ${[preferred, ...fallbacks].join(", ")}`;
}

function isWeaker(level: IsolationLevel, least: IsolationLevel): boolean {
  return ISOLATION_LEVELS.indexOf(level) < ISOLATION_LEVELS.indexOf(least);
}

/**
 * A runtime that was seen to give other results is never used, and for a tool whose results can be
 * compared not before they were, unless the caller insists.
 */
function refusedByProof(offer: RuntimeOffer, context: SelectionContext): string | null {
  const { artifact: { manifest }, tool, proofs, proven, wanted, wish } = context;
  if (offer.features.includes("jit")) return null; // What others are compared with.
  const proof = proofs.find(({ runtime, state }) => runtime === offer.kind && state !== "equal");
  if (proof?.state === "different") return `its results differ:\n${proof.diff ?? ""}`;
  const isAlone = manifest.runtimes.filter(({ ok }) => ok).length <= 1;
  if (isAlone || wanted !== undefined || proven.has(offer.kind)) return null;
  if (proof?.state === "lacking") {
    // Other inputs may not need it: where nothing else may run the tool, it is tried every time.
    const isOnly = wish.preferred === offer.kind && wish.fallbacks?.length === 0;
    return isOnly ? null : `${proof.diff ?? "it uses something"}, which it has not`;
  }
  if (proof !== undefined) return "its results are not the same twice: nothing to compare with";
  const hasExample = manifest.examples?.some((example) => tool === null || example.tool === tool);
  if (manifest.needs.pure !== true && hasExample !== true) return null;
  return "its results were not compared yet";
}
