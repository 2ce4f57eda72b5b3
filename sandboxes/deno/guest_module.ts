/** A loaded module and the environment that its tools may see. */
export interface LoadedModule {
  readonly namespace: object;
  readonly env: Readonly<Record<string, string>>;
}
