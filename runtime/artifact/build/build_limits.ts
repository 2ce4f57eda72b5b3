/** How much one build may read, write and take. Every bound is hard. */
export interface BuildLimits {
  /** From the start of the build to its last byte; then the build process is killed. */
  readonly timeoutMs: number;
  /** Resident memory of the build process with esbuild; looked at ten times a second. */
  readonly memoryBytes: number;
  /** Entries below the fetched directory, links and directories included. */
  readonly inputFiles: number;
  /** Sum of what a bundler could parse: scripts, JSON, wasm. */
  readonly inputBytes: number;
  /** One parseable file. */
  readonly inputFileBytes: number;
  /** The bundle. */
  readonly outputBytes: number;
  /** Files copied where a package becomes a tree. */
  readonly treeFiles: number;
  /** Sum of their sizes. */
  readonly treeBytes: number;
}

const MIB = 1024 * 1024;

/** What a build may use unless configuration says otherwise. */
export const DEFAULT_BUILD_LIMITS: BuildLimits = {
  timeoutMs: 60_000,
  memoryBytes: 1536 * MIB,
  inputFiles: 60_000,
  inputBytes: 192 * MIB,
  inputFileBytes: 16 * MIB,
  outputBytes: 16 * MIB,
  treeFiles: 20_000,
  treeBytes: 96 * MIB,
};
