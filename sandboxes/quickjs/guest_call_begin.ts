/** How a call begins inside an engine instance; the parameters are JSON of their own. */
export interface CallBegin {
  readonly toolName: string;
  readonly paramsText: string;
  readonly env: Readonly<Record<string, string>>;
  readonly callId: string;
  readonly outputBytes: number;
}

/** What is known of a loaded module. */
export interface ImageFacts {
  /** Names of the environment that it asked for: their values would be part of a snapshot. */
  readonly readsEnv: readonly string[];
  readonly exports: readonly string[];
}

/** What loading a module showed. */
export interface LoadFacts extends ImageFacts {
  /** It drew secure random numbers: every call from a snapshot would have the same. */
  readonly usesRandom: boolean;
}
