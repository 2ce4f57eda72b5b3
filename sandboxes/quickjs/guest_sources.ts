/** The texts that a module is loaded with: made by the gateway's own build, never by a tool. */
export interface GuestSources {
  /** A function expression that takes the bridge and answers with the way in. */
  readonly prelude: string;
  /** An expression whose value lists tools; evaluated only where that is asked for. */
  readonly describe: string;
  /** Names that the implementation of each built-in exports. */
  readonly builtins: Readonly<Record<string, readonly string[]>>;
  /** Modules that can be imported, by name. */
  readonly modules: Readonly<Record<string, string>>;
}
