import type { RuntimeProof } from "../../../spec/runtime_explanation.ts";
import type { RuntimeKind } from "../../../spec/sandbox.ts";
import type { ArtifactEvidence, RuntimeEvidence } from "../selection_context.ts";
import { type CallSample, DecayedSamples } from "./decayed_samples.ts";

/** All that is remembered of one artifact. */
export interface ArtifactMemory {
  readonly runtimes: ReadonlyMap<RuntimeKind, readonly CallSample[]>;
  readonly proofs: readonly RuntimeProof[];
}

interface Page {
  readonly runtimes: Map<RuntimeKind, DecayedSamples>;
  proofs: readonly RuntimeProof[];
}

/** Artifacts remembered; the one that was not called for longest is forgotten first. */
export const MAX_ARTIFACTS = 500;

/** Of one artifact. */
const MAX_PROOFS = 100;

/** What was measured and compared, by artifact digest. In memory only. */
export class EvidenceBook {
  readonly #pages = new Map<string, Page>();
  readonly #nowMs: () => number;

  /** @param nowMs Unix time in milliseconds. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Remembers one call that went well. */
  note(digest: string, { runtime, ...sample }: Omit<CallSample, "atMs"> & {
    readonly runtime: RuntimeKind;
  }): void {
    const { runtimes } = this.#touch(digest);
    const seen = runtimes.get(runtime) ?? new DecayedSamples();
    runtimes.set(runtime, seen);
    seen.add({ atMs: this.#nowMs(), ...sample });
  }

  /** Remembers what comparing showed; it replaces what was known of that tool there. */
  prove(digest: string, proof: RuntimeProof): void {
    const page = this.#touch(digest);
    const others = page.proofs.filter(({ runtime, tool }) =>
      runtime !== proof.runtime || tool !== proof.tool
    );
    page.proofs = [...others, proof].slice(-MAX_PROOFS);
  }

  /** What was measured of the artifact. */
  evidenceOf(digest: string): ArtifactEvidence {
    const page = this.#pages.get(digest);
    if (page === undefined) return {};
    const nowMs = this.#nowMs();
    const evidence: { -readonly [Kind in RuntimeKind]?: RuntimeEvidence } = {};
    for (const [runtime, samples] of page.runtimes) evidence[runtime] = samples.evidence(nowMs);
    return evidence;
  }

  proofsOf(digest: string): readonly RuntimeProof[] {
    return this.#pages.get(digest)?.proofs ?? [];
  }

  /** Everything, the least recently called first. */
  *entries(): Generator<readonly [digest: string, memory: ArtifactMemory]> {
    for (const [digest, { runtimes, proofs }] of this.#pages) {
      const samples = [...runtimes].map(([runtime, seen]) => [runtime, seen.all] as const);
      yield [digest, { runtimes: new Map(samples), proofs }];
    }
  }

  /** Takes over what somebody else remembers of an artifact that is not known here. */
  adopt(digest: string, { runtimes, proofs }: ArtifactMemory): void {
    if (this.#pages.has(digest) || this.#pages.size >= MAX_ARTIFACTS) return;
    const seen = [...runtimes].map(([runtime, samples]) =>
      [runtime, new DecayedSamples(samples)] as const
    );
    this.#pages.set(digest, { runtimes: new Map(seen), proofs });
  }

  #touch(digest: string): Page {
    const page = this.#pages.get(digest) ?? { runtimes: new Map(), proofs: [] };
    this.#pages.delete(digest);
    this.#pages.set(digest, page);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > MAX_ARTIFACTS && oldest !== undefined) this.#pages.delete(oldest);
    return page;
  }
}
