/** What a module may be made of. Each bound is far above what compilers put out. */
export const MODULE_LIMITS = {
  /** All modules of one plug-in together. */
  totalBytes: 64 * 1024 * 1024,
  modules: 16,
  /** `name`, debug information and the like are dropped, but must be read over. */
  customSections: 1_000,
  types: 50_000,
  imports: 1_000,
  functions: 1_000_000,
  /** Imported ones included. */
  tables: 4,
  /** That one table may begin with: a whole Haskell program has 700,000. */
  tableEntries: 1_000_000,
  /** That one table may grow to, where it begins with fewer. */
  grownTableEntries: 131_072,
  globals: 20_000,
  exports: 10_000,
  elementSegments: 50_000,
  dataSegments: 100_000,
} as const;

/** Bytes of a page of linear memory. */
export const PAGE_BYTES = 65_536;
