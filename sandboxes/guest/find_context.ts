/** What finding tools may use. */
export interface FindContext {
  /** Values that factories and classes are configured with. */
  readonly env: Readonly<Record<string, string>>;
  /** Names that the package says it reads, most important first. */
  readonly declaredEnv: readonly string[];
}
