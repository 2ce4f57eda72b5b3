/** How much one package may cost to fetch from an esm origin. */
export interface EsmLimits {
  /** Modules and assets stored. */
  readonly modules: number;
  /** Requests sent, redirect hops included, retries not. */
  readonly requests: number;
  /** One module, decompressed. */
  readonly moduleBytes: number;
  /** All modules together, decompressed. */
  readonly totalBytes: number;
  /** Redirects followed for one URL. */
  readonly redirects: number;
  /** Length of the longest import chain. */
  readonly depth: number;
  /** Downloads in flight at once. */
  readonly concurrency: number;
  /** `resolve` or `fetch` as a whole. */
  readonly timeoutMs: number;
  /** Tries after the first, for failures that may pass. */
  readonly retries: number;
}

/** Room for the largest packages seen at esm.sh (a few hundred modules), and not much more. */
export const DEFAULT_ESM_LIMITS: EsmLimits = {
  modules: 2_000,
  requests: 8_000,
  moduleBytes: 8 * 1024 * 1024,
  totalBytes: 64 * 1024 * 1024,
  redirects: 8,
  depth: 128,
  concurrency: 8,
  timeoutMs: 60_000,
  retries: 2,
};
