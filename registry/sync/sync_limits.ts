const KB = 1024;
const MB = 1024 * KB;

/** Bounds on following a registry. */
export interface SyncLimits {
  /** One packument. What is larger is read by its newest version alone. */
  readonly packumentBytes: number;
  /** One version of a package. */
  readonly manifestBytes: number;
  /** What is kept of one package. */
  readonly declaredBytes: number;
  /** One page of a list. */
  readonly pageBytes: number;
  /** Rows asked for of a changes feed at once. */
  readonly changesRows: number;
  /** Packages asked for of a search at once, and in all. */
  readonly searchSize: number;
  readonly searchResults: number;
  /** Packages read and then stored together with how far the run is. */
  readonly chunkPackages: number;
  /** Requests to one registry at once. */
  readonly concurrency: number;
  /** Names in one question about downloads. */
  readonly downloadNames: number;
  /** Questions about stars in one run. */
  readonly starRequests: number;
  /** Packages that are built and probed in one run. */
  readonly probes: number;
  readonly requestTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** Attempts of one request. */
  readonly attempts: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

/** Gentle with a public registry, and little enough to run beside calls. */
export const DEFAULT_SYNC_LIMITS: SyncLimits = {
  packumentBytes: 4 * MB,
  manifestBytes: MB,
  declaredBytes: 256 * KB,
  pageBytes: 8 * MB,
  changesRows: 1_000,
  searchSize: 250,
  searchResults: 50_000,
  chunkPackages: 50,
  concurrency: 4,
  downloadNames: 128,
  starRequests: 1_000,
  probes: 20,
  requestTimeoutMs: 30_000,
  idleTimeoutMs: 10_000,
  attempts: 4,
  firstPauseMs: 500,
  longestPauseMs: 30_000,
};
